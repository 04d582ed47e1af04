import calendar
import time

g = time.gmtime(1709211909)
print(g, g.tm_year, g.tm_wday, g[0], len(g), tuple(g)[:3], time.localtime(0)[:6])
print(time.strftime('%Y-%m-%d %H:%M:%S %Z', g), time.strftime('%a, %d %b %Y %H:%M:%S GMT', g), time.asctime(g), time.ctime(0), time.mktime(g))
p = time.strptime('30 Nov 00', '%d %b %y')
print(p, time.strptime('Thu Feb 29 13:05:09 2024')[:9], time.timezone, time.tzname[0], time.daylight, time.strftime('%j', (2024, 2, 29, 0, 0, 0, 3, 60, 0)))
print(isinstance(time.time(), float), isinstance(time.time_ns(), int), time.monotonic() >= 0, time.struct_time((1, 2, 3, 4, 5, 6, 7, 8, 9)).tm_isdst)
for f in (lambda: time.strftime('%Y', (1,)), lambda: time.strftime('%Y', (2024, 13, 1, 0, 0, 0, 0, 1, 0)), lambda: time.strptime('x', '%d'), lambda: time.struct_time((1,)), lambda: time.gmtime('x')):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
print(calendar.monthcalendar(2024, 2), calendar.monthrange(2024, 2), calendar.monthrange(2023, 10), calendar.isleap(2000), calendar.isleap(1900), calendar.leapdays(2000, 2025))
print(calendar.timegm(g), calendar.timegm((2024, 2, 29, 13, 5, 9)), calendar.weekday(2024, 2, 29), calendar.month_name[3], calendar.month_abbr[12], calendar.day_name[0], list(calendar.day_abbr))
c = calendar.Calendar(6)
print(c.monthdayscalendar(2024, 9)[0], list(c.iterweekdays()), c.monthdays2calendar(2023, 1)[0], [str(d) for d in c.itermonthdates(2024, 2)][:3], calendar.SUNDAY)
for last in calendar.monthcalendar(2024, 3)[-1:]:
    print(last, max(week[calendar.SUNDAY] for week in calendar.monthcalendar(2024, 3)))
try:
    calendar.monthrange(2024, 13)
except calendar.IllegalMonthError as e:
    print(e, isinstance(e, ValueError))

print(time.strptime('Thu', '%a'))
