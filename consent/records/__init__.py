"""The whole record of one answer (ISO/IEC TS 27560) and the forms it is handed out in."""
