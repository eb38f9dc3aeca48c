"""An app that only processes started by the fault tests install: jobs that leave traces and die."""
