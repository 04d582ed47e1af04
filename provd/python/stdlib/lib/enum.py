class auto:
    def __init__(self):
        self.value = None


class _Nothing:
    pass


def _is_descriptor(value):
    return any(hasattr(type(value), name) for name in ('__get__', '__set__', '__delete__')) or isinstance(
        value, (property, classmethod, staticmethod)
    )


def unique(cls):
    duplicates = [(alias, m.name) for alias, m in cls.__members__.items() if alias != m.name]
    if duplicates:
        names = ', '.join('%s -> %s' % pair for pair in duplicates)
        raise ValueError('duplicate values found in %r: %s' % (cls, names))
    return cls


class member:
    def __init__(self, value):
        self.value = value


class nonmember:
    def __init__(self, value):
        self.value = value


class EnumMeta(type):
    def __new__(mcls, name, bases, namespace, **kwargs):
        flag = namespace.get('_is_flag', False) or any(getattr(b, '_is_flag', False) for b in bases)
        raw = {}
        kept = {}
        for key, value in namespace.items():
            if key == '_is_flag':
                continue
            if isinstance(value, nonmember):
                kept[key] = value.value
            elif isinstance(value, member):
                raw[key] = value.value
            elif key.startswith('__') or key.startswith('_') and key.endswith('_') or _is_descriptor(value):
                kept[key] = value
            elif key.startswith('_' + name + '__'):
                kept[key] = value
            else:
                raw[key] = value
        for base in bases:
            if getattr(base, '_member_map_', None):
                raise TypeError('<enum %r> cannot extend %r' % (name, base))
        cls = super().__new__(mcls, name, bases, kept)
        cls._member_map_ = {}
        cls._value2member_map_ = {}
        cls._member_names_ = []
        cls._is_flag = flag
        data_type = None
        for base in cls.__mro__[1:]:
            if base in (int, str, float, bytes, tuple):
                data_type = base
                break
        cls._member_type_ = data_type or object
        if data_type is not None:
            cls._prefer_enum_methods()
        values = []
        for key, value in raw.items():
            if isinstance(value, auto):
                value = cls._generate_next_value_(key, 1, len(values), values[:])
            values.append(value)
            cls._add_member(key, value, namespace)
        return cls

    def _prefer_enum_methods(cls):
        # What the data type defines would hide what Enum defines.
        names = ['__repr__']
        if not issubclass(cls, ReprEnum) and not cls._is_flag:
            names += ['__str__', '__format__']
        if cls._is_flag:
            names += ['__or__', '__and__', '__xor__', '__ror__', '__rand__', '__rxor__', '__invert__']
        for name in names:
            for base in cls.__mro__:
                if name in base.__dict__:
                    break
            if not isinstance(base, EnumMeta):
                type.__setattr__(cls, name, getattr(Flag if cls._is_flag else Enum, name))

    def _add_member(cls, key, value, namespace):
        args = value if isinstance(value, tuple) else (value,)
        if '__new__' in namespace:
            new = cls.__new__(cls, *args)
            if not hasattr(new, '_value_'):
                new._value_ = value if cls._member_type_ is object else cls._member_type_(*args)
        elif cls._member_type_ is object:
            new = object.__new__(cls)
            new._value_ = value
        elif cls._member_type_ is tuple:
            new = tuple.__new__(cls, value)
            new._value_ = value
        else:
            new = cls._member_type_.__new__(cls, *args)
            new._value_ = cls._member_type_(*args)
        value = new._value_
        known = None
        for existing in cls._member_map_.values():
            if existing._value_ == value:
                known = existing
                break
        if known is None:
            new._name_ = key
            new.__objclass__ = cls
            if '__init__' in namespace:
                new.__init__(*args)
            new._sort_order_ = len(cls._member_names_)
            known = new
            if not cls._is_flag or value and value & (value - 1) == 0:
                cls._member_names_.append(key)
            try:
                cls._value2member_map_[value] = new
            except TypeError:
                pass
        type.__setattr__(cls, key, known)
        cls._member_map_[key] = known

    def __call__(cls, value=_Nothing, names=None, **kwargs):
        if names is not None:
            return cls._create(value, names, **kwargs)
        if value is _Nothing:
            raise TypeError("EnumType.__call__() missing 1 required positional argument: 'value'")
        if type(value) is cls:
            return value
        try:
            if value in cls._value2member_map_:
                return cls._value2member_map_[value]
        except TypeError:
            for m in cls._member_map_.values():
                if m._value_ == value:
                    return m
        result = cls._missing_(value)
        if isinstance(result, cls):
            return result
        if result is None:
            raise ValueError('%r is not a valid %s' % (value, cls.__qualname__))
        raise TypeError('error in %s._missing_: returned %r instead of None or a valid member' % (cls.__name__, result))

    def _create(cls, name, names, *, module=None, qualname=None, type=None, start=1):
        if isinstance(names, str):
            names = names.replace(',', ' ').split()
        if isinstance(names, (list, tuple)) and names and isinstance(names[0], str):
            names = [(n, start + i) for i, n in enumerate(names)]
        namespace = dict(names)
        return EnumMeta(name, (cls,) if type is None else (type, cls), namespace)

    def __iter__(cls):
        return iter([cls._member_map_[name] for name in cls._member_names_])

    def __reversed__(cls):
        return iter([cls._member_map_[name] for name in reversed(cls._member_names_)])

    def __len__(cls):
        return len(cls._member_names_)

    def __bool__(cls):
        return True

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __contains__(cls, value):
        if isinstance(value, cls):
            return value._name_ in cls._member_map_ or cls._is_flag
        return False

    def __getattr__(cls, name):
        raise AttributeError(name)

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get('_member_map_', {}):
            raise AttributeError('cannot reassign member %r' % (name,))
        type.__setattr__(cls, name, value)

    def __delattr__(cls, name):
        if name in cls.__dict__.get('_member_map_', {}):
            raise AttributeError('%r cannot delete member %r.' % (cls.__name__, name))
        type.__delattr__(cls, name)

    def __repr__(cls):
        return '<%s %r>' % ('flag' if cls._is_flag else 'enum', cls.__name__)

    @property
    def __members__(cls):
        return dict(cls._member_map_)


EnumType = EnumMeta


class Enum(metaclass=EnumMeta):
    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start
        numbers = [v for v in last_values if isinstance(v, int)]
        return max(numbers) + 1 if numbers else start

    @classmethod
    def _missing_(cls, value):
        return None

    def __repr__(self):
        return '<%s.%s: %r>' % (self.__class__.__name__, self._name_, self._value_)

    def __str__(self):
        return '%s.%s' % (self.__class__.__name__, self._name_)

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __hash__(self):
        return hash(self._name_)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class ReprEnum(Enum):
    pass


class IntEnum(int, ReprEnum):
    __str__ = int.__repr__
    __hash__ = int.__hash__

    def __format__(self, format_spec):
        return int.__format__(self._value_, format_spec)


class StrEnum(str, ReprEnum):
    __str__ = str.__str__
    __hash__ = str.__hash__

    def __format__(self, format_spec):
        return str.__format__(self._value_, format_spec)

    def _generate_next_value_(name, start, count, last_values):
        return name.lower()


class Flag(Enum):
    _is_flag = True

    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start
        return 2 ** (max(last_values).bit_length())

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError('%r is not a valid %s' % (value, cls.__qualname__))
        mask = 0
        for m in cls._member_map_.values():
            mask |= m._value_
        if value < 0:
            value = mask + 1 + value if mask else value
        if value & ~mask:
            raise ValueError('%r is not a valid %s' % (value, cls.__qualname__))
        if cls._member_type_ is int:
            new = int.__new__(cls, value)
        else:
            new = object.__new__(cls)
        parts = [n for n in cls._member_names_ if cls._member_map_[n]._value_ & value]
        new._name_ = '|'.join(parts) or None
        new._value_ = value
        cls._value2member_map_[value] = new
        return new

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                "unsupported operand type(s) for 'in': %r and %r"
                % (type(other).__qualname__, self.__class__.__qualname__)
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        for name in self.__class__._member_names_:
            m = self.__class__._member_map_[name]
            if m._value_ & self._value_:
                yield m

    def __len__(self):
        return sum(1 for _ in self)

    def __bool__(self):
        return bool(self._value_)

    def __repr__(self):
        if self._name_ is None:
            return '<%s: %r>' % (self.__class__.__name__, self._value_)
        return '<%s.%s: %r>' % (self.__class__.__name__, self._name_, self._value_)

    def __str__(self):
        if self._name_ is None:
            return '%s(%r)' % (self.__class__.__name__, self._value_)
        return '%s.%s' % (self.__class__.__name__, self._name_)

    def _other(self, other):
        if isinstance(other, self.__class__):
            return other._value_
        if self.__class__._member_type_ is int and isinstance(other, int):
            return other
        return None

    def __or__(self, other):
        value = self._other(other)
        return NotImplemented if value is None else self.__class__(self._value_ | value)

    def __and__(self, other):
        value = self._other(other)
        return NotImplemented if value is None else self.__class__(self._value_ & value)

    def __xor__(self, other):
        value = self._other(other)
        return NotImplemented if value is None else self.__class__(self._value_ ^ value)

    def __invert__(self):
        mask = 0
        for m in self.__class__._member_map_.values():
            mask |= m._value_
        return self.__class__(mask & ~self._value_)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __hash__(self):
        return hash(self._value_)


class IntFlag(int, Flag):
    __str__ = int.__repr__
    __hash__ = int.__hash__

    def __format__(self, format_spec):
        return int.__format__(self._value_, format_spec)

    def __bool__(self):
        return bool(self._value_)
