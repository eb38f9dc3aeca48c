from desk.charts import ROOM_FOR_VALUE, WIDTH, Datum, chart


def data(*values):
    return [Datum(f"d{value}", value, str(value)) for value in values]


def test_the_longest_bar_fills_the_room_and_others_are_in_proportion():
    bars = chart(data(40, 10)).bars

    assert bars[0].width == WIDTH - ROOM_FOR_VALUE
    assert bars[1].width * 4 == bars[0].width


def test_nothing_has_no_bar_and_little_has_a_visible_one():
    bars = chart(data(100_000, 1, 0)).bars

    assert bars[1].width == 2
    assert bars[2].width == 0


def test_bars_start_at_the_right_where_people_read_from_there():
    bar = chart(data(5, 1), is_rtl=True).bars[1]

    assert bar.x + bar.width == WIDTH
    assert bar.text_x == WIDTH
    assert bar.value_x < bar.x


def test_no_data_is_a_chart_without_bars():
    assert chart([]).bars == ()


def test_rows_do_not_overlap():
    bars = chart(data(3, 2, 1)).bars

    assert bars[0].y < bars[1].text_y < bars[1].y < chart(data(3, 2, 1)).height
