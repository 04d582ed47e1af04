package python
import ("testing";"context";"fmt")
func TestZ(t *testing.T){
 p,err:=Compile("a.py",[]byte(`
def fib(n):
    if n < 2: return n
    return fib(n-1)+fib(n-2)
class A:
    def __init__(self, x, *a, k=3, **kw):
        self.x=x; self.k=k
    def f(self): return self.x+1
class B(A):
    def f(self): return super().f()*10
print(fib(15), B(4).f(), [i*i for i in range(5) if i%2], {k:v for k,v in [(1,2)]})
def g():
    try:
        x = yield 1
        print('got', x)
        yield from [7,8]
    finally:
        print('fin')
it=g()
print(next(it), it.send(5), list(it))
try:
    1/0
except ZeroDivisionError as e:
    print('caught', e)
else:
    print('no')
finally:
    print('finally')
def h():
    for i in range(3):
        try:
            if i==1: return i
        finally:
            print('f', i)
print(h())
`))
 if err!=nil{t.Fatal(err)}
 th:=NewThread(context.Background(),Limits{})
 th.Print=func(s string){fmt.Print(s)}
 g:=NewDict(0); g.SetStr("__name__",Str("__main__"))
 err=p.Exec(th,g,&Env{Builtins:Builtins()})
 fmt.Println(err)
}
