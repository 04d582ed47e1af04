def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


class abstractproperty(property):
    __isabstractmethod__ = True


abstractclassmethod = classmethod
abstractstaticmethod = staticmethod


class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        abstract = {n for n, v in namespace.items() if _is_abstract(v)}
        for base in bases:
            for n in getattr(base, '__abstractmethods__', ()):
                if _is_abstract(getattr(cls, n, None)):
                    abstract.add(n)
        cls.__abstractmethods__ = frozenset(abstract)
        cls._abc_registry = ()
        return cls

    def __call__(cls, *args, **kwargs):
        abstract = cls.__abstractmethods__
        if abstract:
            raise TypeError(
                "Can't instantiate abstract class %s with abstract method%s %s"
                % (cls.__name__, 's' if len(abstract) > 1 else '', ', '.join(sorted(abstract)))
            )
        return super().__call__(*args, **kwargs)

    def register(cls, subclass):
        for base in cls.__mro__:
            if isinstance(base, ABCMeta):
                base._abc_registry += (subclass,)
        return subclass

    def __instancecheck__(cls, instance):
        return cls.__subclasscheck__(type(instance))

    def __subclasscheck__(cls, subclass):
        if cls in subclass.__mro__:
            return True
        hook = getattr(cls, '__subclasshook__', None)
        if hook is not None:
            found = hook(subclass)
            if found is not NotImplemented:
                return found
        return any(issubclass(subclass, known) for known in cls._abc_registry)


def _is_abstract(value):
    if isinstance(value, property):
        value = value.fget
    return getattr(value, '__isabstractmethod__', False)


class ABC(metaclass=ABCMeta):
    __slots__ = ()


def get_cache_token():
    return 0


def update_abstractmethods(cls):
    return cls
