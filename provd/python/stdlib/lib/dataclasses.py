from copy import deepcopy


class FrozenInstanceError(AttributeError):
    pass


class _Named:
    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


MISSING = _Named('MISSING')
KW_ONLY = _Named('KW_ONLY')
_HAS_FACTORY = _Named('<factory>')
_FIELDS = '__dataclass_fields__'
_PARAMS = '__dataclass_params__'


class InitVar:
    def __init__(self, type):
        self.type = type

    def __class_getitem__(cls, type):
        return cls(type)


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = {} if metadata is None else metadata
        self.kw_only = kw_only
        self._kind = 'field'

    def _required(self):
        return self.default is MISSING and self.default_factory is MISSING


def field(
    *,
    default=MISSING,
    default_factory=MISSING,
    init=True,
    repr=True,
    hash=None,
    compare=True,
    metadata=None,
    kw_only=MISSING
):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError('cannot specify both default and default_factory')
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


class _Params:
    def __init__(self, **options):
        for key, value in options.items():
            setattr(self, key, value)


def _kind(note):
    # Annotations are their source text.
    name = note.strip('\'"').split('[')[0].strip().split('.')[-1]
    return {'ClassVar': 'class', 'InitVar': 'init', 'KW_ONLY': 'keyword'}.get(name, 'field')


def _collect(cls, kw_only):
    fields = {}
    for base in cls.__mro__[-1:0:-1]:
        fields.update(getattr(base, _FIELDS, {}))
    namespace = cls.__dict__
    for name, note in namespace.get('__annotations__', {}).items():
        kind = _kind(note)
        if kind == 'keyword':
            kw_only = True
            continue
        default = namespace.get(name, MISSING)
        f = default if isinstance(default, Field) else field(default=default)
        f.name, f.type, f._kind = name, note, kind
        if kind == 'class':
            if f.default_factory is not MISSING:
                raise TypeError('field %s cannot have a default factory' % name)
        elif f.kw_only is MISSING:
            f.kw_only = kw_only
        if f._kind == 'field' and type(f.default).__hash__ is None:
            raise ValueError(
                'mutable default %s for field %s is not allowed: use default_factory' % (type(f.default), name)
            )
        fields[name] = f
        if isinstance(default, Field):
            if default.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, default.default)
    for name, value in namespace.items():
        if isinstance(value, Field) and name not in namespace.get('__annotations__', {}):
            raise TypeError('%r is a field but has no type annotation' % name)
    return fields


def _names(names):
    names = [repr(name) for name in names]
    if len(names) < 3:
        return ' and '.join(names)
    return ', '.join(names[:-1]) + ', and ' + names[-1]


def _missing(title, what, names):
    return TypeError(
        '%s missing %d required %s argument%s: %s'
        % (title, len(names), what, '' if len(names) == 1 else 's', _names(names))
    )


def _make_init(cls, fields):
    taken = [f for f in fields if f.init]
    positional = [f for f in taken if not f.kw_only]
    keyword = [f for f in taken if f.kw_only]
    seen = False
    for f in positional:
        if not f._required():
            seen = True
        elif seen:
            raise TypeError('non-default argument %r follows default argument' % f.name)
    title = cls.__qualname__ + '.__init__()'
    most = len(positional) + 1
    least = len([f for f in positional if f._required()]) + 1
    known = {f.name for f in taken}
    post = hasattr(cls, '__post_init__')
    store = object.__setattr__

    def __init__(self, /, *args, **kwargs):
        values = {}
        for f, value in zip(positional, args):
            values[f.name] = value
        for name, value in kwargs.items():
            if name not in known:
                raise TypeError('%s got an unexpected keyword argument %r' % (title, name))
            if name in values:
                raise TypeError('%s got multiple values for argument %r' % (title, name))
            values[name] = value
        if len(args) >= most:
            takes = str(most) if least == most else 'from %d to %d' % (least, most)
            raise TypeError(
                '%s takes %s positional argument%s but %d were given'
                % (title, takes, '' if takes == '1' else 's', len(args) + 1)
            )
        lost = [f.name for f in positional if f._required() and f.name not in values]
        if lost:
            raise _missing(title, 'positional', lost)
        lost = [f.name for f in keyword if f._required() and f.name not in values]
        if lost:
            raise _missing(title, 'keyword-only', lost)
        extra = []
        for f in fields:
            if f.init and f.name in values:
                value = values[f.name]
            elif f.default_factory is not MISSING:
                value = f.default_factory()
            elif f.default is not MISSING and (f.init or f._kind == 'init'):
                value = f.default
            else:
                continue
            if f._kind == 'init':
                extra.append(value)
            else:
                store(self, f.name, value)
        if post:
            self.__post_init__(*extra)

    return __init__


def _compare(names, title, operator):
    def method(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        mine = tuple([getattr(self, name) for name in names])
        return operator(mine, tuple([getattr(other, name) for name in names]))

    method.__name__ = title
    return method


def _set(cls, name, method):
    if name in cls.__dict__:
        return False
    method.__name__ = name
    method.__qualname__ = cls.__qualname__ + '.' + name
    setattr(cls, name, method)
    return True


def _freeze(cls, names):
    def __setattr__(self, name, value):
        if type(self) is cls or name in names:
            raise FrozenInstanceError('cannot assign to field %r' % name)
        super(cls, self).__setattr__(name, value)

    def __delattr__(self, name):
        if type(self) is cls or name in names:
            raise FrozenInstanceError('cannot delete field %r' % name)
        super(cls, self).__delattr__(name)

    for method in (__setattr__, __delattr__):
        if not _set(cls, method.__name__, method):
            raise TypeError('Cannot overwrite attribute %s in class %s' % (method.__name__, cls.__name__))


def _process(cls, init, repr_, eq, order, unsafe_hash, frozen, match_args, kw_only):
    bases = [b for b in cls.__mro__[1:] if hasattr(b, _FIELDS)]
    for base in bases:
        if getattr(base, _PARAMS).frozen and not frozen:
            raise TypeError('cannot inherit non-frozen dataclass from a frozen one')
        if frozen and not getattr(base, _PARAMS).frozen:
            raise TypeError('cannot inherit frozen dataclass from a non-frozen one')
    if order and not eq:
        raise ValueError('eq must be true if order is true')
    own_hash = cls.__dict__.get('__hash__', MISSING)
    if own_hash is None and '__eq__' in cls.__dict__:
        own_hash = MISSING
    every = _collect(cls, kw_only)
    setattr(cls, _FIELDS, every)
    setattr(
        cls, _PARAMS, _Params(init=init, repr=repr_, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen)
    )
    kept = [f for f in every.values() if f._kind == 'field']
    if init:
        _set(cls, '__init__', _make_init(cls, [f for f in every.values() if f._kind != 'class']))
    if repr_:
        shown = [f.name for f in kept if f.repr]
        running = []

        def __repr__(self):
            if any(other is self for other in running):
                return '...'
            running.append(self)
            try:
                parts = ', '.join(['%s=%r' % (name, getattr(self, name)) for name in shown])
            finally:
                running.pop()
            return '%s(%s)' % (self.__class__.__qualname__, parts)

        _set(cls, '__repr__', __repr__)
    compared = [f.name for f in kept if f.compare]
    if eq:
        _set(cls, '__eq__', _compare(compared, '__eq__', lambda a, b: a == b))
    if order:
        for name, operator in (
            ('__lt__', lambda a, b: a < b),
            ('__le__', lambda a, b: a <= b),
            ('__gt__', lambda a, b: a > b),
            ('__ge__', lambda a, b: a >= b),
        ):
            if not _set(cls, name, _compare(compared, name, operator)):
                raise TypeError(
                    'Cannot overwrite attribute %s in class %s. Consider using functools.total_ordering'
                    % (name, cls.__name__)
                )
    if frozen:
        _freeze(cls, {f.name for f in kept})
    if unsafe_hash or eq and frozen and own_hash is MISSING:
        if unsafe_hash and own_hash is not MISSING:
            raise TypeError('Cannot overwrite attribute __hash__ in class ' + cls.__name__)
        hashed = [f.name for f in kept if (f.compare if f.hash is None else f.hash)]
        cls.__hash__ = lambda self: hash(tuple([getattr(self, name) for name in hashed]))
    elif eq and own_hash is MISSING:
        cls.__hash__ = None
    if match_args and '__match_args__' not in cls.__dict__:
        cls.__match_args__ = tuple(
            [f.name for f in every.values() if f._kind != 'class' and f.init and not f.kw_only]
        )
    return cls


def dataclass(
    cls=None,
    /,
    *,
    init=True,
    repr=True,
    eq=True,
    order=False,
    unsafe_hash=False,
    frozen=False,
    match_args=True,
    kw_only=False,
    slots=False,
    weakref_slot=False
):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only)

    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    found = getattr(class_or_instance, _FIELDS, None)
    if found is None:
        raise TypeError('must be called with a dataclass type or instance')
    return tuple([f for f in found.values() if f._kind == 'field'])


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), _FIELDS)


def _is_instance(obj):
    return hasattr(type(obj), _FIELDS)


def _convert(obj, one, factory):
    if _is_instance(obj):
        return one(obj)
    if isinstance(obj, tuple) and hasattr(obj, '_fields'):
        return type(obj)(*[_convert(v, one, factory) for v in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)([_convert(v, one, factory) for v in obj])
    if isinstance(obj, dict):
        pairs = [(_convert(k, one, factory), _convert(v, one, factory)) for k, v in obj.items()]
        if hasattr(type(obj), 'default_factory') or hasattr(obj, 'default_factory'):
            result = type(obj)(obj.default_factory)
            for k, v in pairs:
                result[k] = v
            return result
        return type(obj)(pairs)
    return deepcopy(obj)


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError('asdict() should be called on dataclass instances')

    def one(x):
        return dict_factory([(f.name, _convert(getattr(x, f.name), one, dict_factory)) for f in fields(x)])

    return one(obj)


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError('astuple() should be called on dataclass instances')

    def one(x):
        return tuple_factory([_convert(getattr(x, f.name), one, tuple_factory) for f in fields(x)])

    return one(obj)


def replace(obj, /, **changes):
    if not _is_instance(obj):
        raise TypeError('replace() should be called on dataclass instances')
    for f in getattr(obj, _FIELDS).values():
        if f._kind == 'class':
            continue
        if not f.init:
            if f.name in changes:
                raise ValueError('field %s is declared with init=False, it cannot be specified with replace()' % f.name)
            continue
        if f.name not in changes:
            if f._kind == 'init' and f.default is MISSING:
                raise ValueError('InitVar %r must be specified with replace()' % f.name)
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)
