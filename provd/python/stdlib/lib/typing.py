_make = NamedTuple  # the function, which Go provides
_own = ('__module__', '__name__', '__annotations__', '__qualname__', '__doc__')
_fixed = ('__new__', '__init__', '__slots__', '__getnewargs__', '_fields', '_field_defaults', '_make', '_replace', '_asdict')


class _NamedTupleMeta(type):
    def __new__(mcls, name, bases, namespace):
        if not bases:
            return super().__new__(mcls, name, bases, namespace)
        from collections import namedtuple

        notes = namespace.get('__annotations__', {})
        defaults = []
        for field in notes:
            if field in namespace:
                defaults.append(field)
            elif defaults:
                raise TypeError(
                    'Non-default namedtuple field %s cannot follow default field%s %s'
                    % (field, 's' if len(defaults) > 1 else '', ', '.join(defaults))
                )
        cls = namedtuple(name, list(notes), defaults=[namespace[field] for field in defaults])
        cls.__module__ = namespace.get('__module__')
        cls.__annotations__ = notes
        if namespace.get('__doc__') is not None:
            cls.__doc__ = namespace['__doc__']
        for key, value in namespace.items():
            if key in _fixed:
                raise AttributeError('Cannot overwrite NamedTuple attribute ' + key)
            if key not in _own and key not in notes:
                setattr(cls, key, value)
        return cls


class _NamedTupleRoot(metaclass=_NamedTupleMeta):
    pass


class _NamedTuple:
    def __call__(self, typename, fields=(), **kwargs):
        if kwargs:
            fields = list(kwargs.items())
        return _make(typename, fields)

    def __mro_entries__(self, bases):
        if len(bases) > 1:
            raise TypeError('Multiple inheritance with NamedTuple is not supported')
        return (_NamedTupleRoot,)

    def __repr__(self):
        return '<function NamedTuple>'


NamedTuple = _NamedTuple()
