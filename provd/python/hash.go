package python

import (
	"math"
	"math/big"
	"math/bits"
	"reflect"
)

// hashModulus is the prime 2**61-1 that CPython reduces numbers by, so that
// equal numbers of different types hash alike.
const (
	hashBits    = 61
	hashModulus = 1<<hashBits - 1
	hashInf     = 314159
)

// Hash returns hash(v) as the 64 bits of Python's signed result. It raises
// TypeError for values that cannot be hashed.
func Hash(t *Thread, v Value) (uint64, error) {
	switch v := v.(type) {
	case Str:
		return hashString(string(v)), t.long(len(v))
	case Int:
		return hashInt(int64(v)), nil
	case Bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case NoneType:
		return 0x4e6f6e65, nil
	case Float:
		return hashFloat(float64(v)), nil
	case *BigInt:
		return hashBig(v.big), t.Step(v.big.BitLen() >> 10)
	case Bytes:
		return hashString(string(v)), t.long(len(v))
	case Tuple:
		return hashTuple(t, v)
	case EllipsisType:
		return 0x456c6c, nil
	case NotImplementedType:
		return 0x4e6f74, nil
	case *DictView:
		if v.kind == viewValues {
			return hashIdentity(v), nil
		}
	case *Class:
		if v.meta == TypeClass {
			return hashIdentity(v), nil
		}
	}
	return hashObject(t, v)
}

// hashObject hashes by the __hash__ of the value's class.
func hashObject(t *Thread, v Value) (uint64, error) {
	fn, ok := v.Type().Lookup("__hash__")
	if !ok || fn == Value(None) {
		return 0, TypeErrorf("unhashable type: '%s'", TypeName(v))
	}
	r, err := callFound(t, fn, v)
	if err != nil {
		return 0, err
	}
	switch r := Native(r).(type) {
	case Int:
		return fixHash(uint64(r)), nil
	case Bool, *BigInt:
		return Hash(t, r)
	}
	return 0, TypeErrorf("__hash__ method should return an integer")
}

// fixHash avoids -1, which CPython keeps for errors.
func fixHash(h uint64) uint64 {
	if h == math.MaxUint64 {
		return h - 1
	}
	return h
}

func hashInt(i int64) uint64 {
	if i >= 0 {
		if i < hashModulus {
			return uint64(i)
		}
		return uint64(i) % hashModulus
	}
	return fixHash(-(uint64(-i) % hashModulus))
}

func hashBig(b *big.Int) uint64 {
	m := new(big.Int).Rem(b, big.NewInt(hashModulus)).Int64()
	return fixHash(uint64(m))
}

func hashFloat(f float64) uint64 {
	switch {
	case math.IsInf(f, 1):
		return hashInf
	case math.IsInf(f, -1):
		return ^uint64(hashInf) + 1
	case math.IsNaN(f):
		return math.Float64bits(f) // CPython hashes the object's address
	}
	frac, exp := math.Frexp(f)
	sign := frac < 0
	if sign {
		frac = -frac
	}
	var x uint64
	for frac != 0 {
		x = (x<<28)&hashModulus | x>>(hashBits-28)
		frac *= 1 << 28
		exp -= 28
		y := uint64(frac)
		frac -= float64(y)
		x += y
		if x >= hashModulus {
			x -= hashModulus
		}
	}
	if exp >= 0 {
		exp %= hashBits
	} else {
		exp = hashBits - 1 - (-1-exp)%hashBits
	}
	x = (x<<exp)&hashModulus | x>>(hashBits-exp)
	if sign {
		x = -x
	}
	return fixHash(x)
}

// hashTuple is the xxHash mix CPython uses for tuples.
func hashTuple(t *Thread, items Tuple) (uint64, error) {
	const (
		prime1 = 11400714785074694791
		prime2 = 14029467366897019727
		prime5 = 2870177450012600261
	)
	if err := t.Enter(); err != nil {
		return 0, err
	}
	defer t.Leave()
	if err := t.Step(len(items)); err != nil {
		return 0, err
	}
	acc := uint64(prime5)
	for _, v := range items {
		h, err := Hash(t, v)
		if err != nil {
			return 0, err
		}
		acc = bits.RotateLeft64(acc+h*prime2, 31) * prime1
	}
	acc += uint64(len(items)) ^ (prime5 ^ 3527539)
	if acc == math.MaxUint64 {
		return 1546275796, nil
	}
	return acc, nil
}

// hashIdentity hashes a value that is compared by identity.
func hashIdentity(v Value) uint64 { return identity(v) >> 4 }

// identity returns the address behind a value held by pointer, 0 for values
// without identity of their own.
func identity(v Value) uint64 {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Func, reflect.Map, reflect.Chan:
		return uint64(r.Pointer())
	}
	return 0
}
