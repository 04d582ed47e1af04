import re as _re

whitespace = ' \t\n\r\v\f'
ascii_lowercase = 'abcdefghijklmnopqrstuvwxyz'
ascii_uppercase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
ascii_letters = ascii_lowercase + ascii_uppercase
digits = '0123456789'
hexdigits = digits + 'abcdef' + 'ABCDEF'
octdigits = '01234567'
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or ' ').join(word.capitalize() for word in s.split(sep))


class Template:
    delimiter = '$'
    idpattern = r'(?a:[_a-z][_a-z0-9]*)'
    braceidpattern = None
    flags = _re.IGNORECASE

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.pattern = cls._compile()

    @classmethod
    def _compile(cls):
        text = r'%s(?:(?P<escaped>%s)|(?P<named>%s)|{(?P<braced>%s)}|(?P<invalid>))' % (
            _re.escape(cls.delimiter),
            _re.escape(cls.delimiter),
            cls.idpattern,
            cls.braceidpattern or cls.idpattern,
        )
        return _re.compile(text, cls.flags)

    def __init__(self, template):
        self.template = template

    def _invalid(self, mo):
        i = mo.start('invalid')
        lines = self.template[:i].splitlines(keepends=True)
        if not lines:
            colno = lineno = 1
        else:
            colno = i - len(''.join(lines[:-1]))
            lineno = len(lines)
        raise ValueError('Invalid placeholder in string: line %d, col %d' % (lineno, colno))

    def _substitute(self, mapping, kws, safe):
        def convert(mo):
            name = mo['named'] or mo['braced']
            if name is not None:
                if name in kws:
                    return str(kws[name])
                if not safe:
                    return str(mapping[name])
                try:
                    return str(mapping[name])
                except KeyError:
                    return mo.group()
            if mo['escaped'] is not None:
                return self.delimiter
            if safe:
                return mo.group()
            return self._invalid(mo)

        return self.pattern.sub(convert, self.template)

    def substitute(self, mapping={}, /, **kws):
        return self._substitute(mapping, kws, False)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._substitute(mapping, kws, True)

    def is_valid(self):
        return all(mo['invalid'] is None for mo in self.pattern.finditer(self.template))

    def get_identifiers(self):
        ids = []
        for mo in self.pattern.finditer(self.template):
            name = mo['named'] or mo['braced']
            if name is not None and name not in ids:
                ids.append(name)
        return ids


Template.pattern = Template._compile()


class Formatter:
    def format(self, format_string, /, *args, **kwargs):
        return format_string.format(*args, **kwargs)

    def vformat(self, format_string, args, kwargs):
        return format_string.format(*args, **kwargs)
