from abc import ABCMeta, abstractmethod


def _has(cls, names):
    for name in names:
        for base in cls.__mro__:
            if name in base.__dict__:
                if base.__dict__[name] is None:
                    return False
                break
        else:
            return False
    return True


class _Protocol(ABCMeta):
    # _needs of a class itself: whoever has these methods is one of it.
    def __subclasscheck__(cls, subclass):
        needs = cls.__dict__.get('_needs')
        if needs and _has(subclass, needs):
            return True
        return super().__subclasscheck__(subclass)


class Hashable(metaclass=_Protocol):
    _needs = ('__hash__',)

    @abstractmethod
    def __hash__(self):
        return 0


class Iterable(metaclass=_Protocol):
    _needs = ('__iter__',)

    @abstractmethod
    def __iter__(self):
        while False:
            yield None

    @classmethod
    def __class_getitem__(cls, item):
        return cls


class Iterator(Iterable):
    _needs = ('__next__', '__iter__')

    @abstractmethod
    def __next__(self):
        raise StopIteration

    def __iter__(self):
        return self


class Reversible(Iterable):
    _needs = ('__reversed__', '__iter__')

    @abstractmethod
    def __reversed__(self):
        while False:
            yield None


class Generator(Iterator):
    _needs = ('__iter__', '__next__', 'send', 'throw', 'close')


class Sized(metaclass=_Protocol):
    _needs = ('__len__',)

    @abstractmethod
    def __len__(self):
        return 0


class Container(metaclass=_Protocol):
    _needs = ('__contains__',)

    @abstractmethod
    def __contains__(self, x):
        return False

    @classmethod
    def __class_getitem__(cls, item):
        return cls


class Collection(Sized, Iterable, Container):
    _needs = ('__len__', '__iter__', '__contains__')


class Callable(metaclass=_Protocol):
    _needs = ('__call__',)

    @abstractmethod
    def __call__(self, *args, **kwargs):
        return False

    @classmethod
    def __class_getitem__(cls, item):
        return cls


class Awaitable(metaclass=_Protocol):
    _needs = ('__await__',)

    @classmethod
    def __class_getitem__(cls, item):
        return cls


class Coroutine(Awaitable):
    _needs = ('__await__', 'send', 'throw', 'close')


class AsyncIterable(metaclass=_Protocol):
    _needs = ('__aiter__',)

    @classmethod
    def __class_getitem__(cls, item):
        return cls


class AsyncIterator(AsyncIterable):
    _needs = ('__anext__', '__aiter__')


class AsyncGenerator(AsyncIterator):
    _needs = ('__aiter__', '__anext__', 'asend', 'athrow', 'aclose')
