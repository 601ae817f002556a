using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace VecStore.Formats.Torch;

/// <summary>
/// Reads a Python pickle as data: numbers, strings, tuples, lists, dictionaries, and the few names that <see cref="TorchNames"/> knows. It runs nothing: a
/// pickle that names anything else is refused where the name stands. Python pickletools documents the opcodes; protocols 0 to 5 without what makes objects.
/// </summary>
internal sealed class PickleReader(string file, long origin, ReadOnlyMemory<byte> pickle)
{
    private const int MostObjects = 8_000_000;
    private const int LongestInteger = 64;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];
    private int at;
    private int objects;

    /// <summary>Makes a tensor's storage from a persistent id; null where there are none.</summary>
    public Func<object?, object?>? Persistent { get; init; }

    /// <summary>How many bytes the pickle took, its end included.</summary>
    public int Length => at;

    /// <summary>The pickled value: null, bool, long, <see cref="BigInteger"/>, double, string, byte[], object?[] (tuple), List, <see cref="PickledDictionary"/>, or what a name stands for.</summary>
    public object? Read()
    {
        try
        {
            while (Step()) { }
            if (stack.Count != 1 || marks.Count > 0) throw Error($"the pickle ends with {stack.Count} values on its stack");
            return stack[0];
        }
        catch (Exception error) when (error is InvalidCastException or FormatException and not VectorFileException or ArgumentException or OverflowException)
        {
            throw new VectorFileException(file, origin + at, $"the pickle is damaged: {error.Message}", error);
        }
    }

    public VectorFileException Error(string reason) => new(file, origin + at, reason);

    private bool Step()
    {
        byte code = Take(1)[0];
        switch (code)
        {
            case 0x80: if (Take(1)[0] > 5) throw Error("a pickle of a protocol after 5"); break;
            case 0x95: Take(8); break;
            case (byte)'.': return false;
            case (byte)'(': marks.Add(stack.Count); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopMark(); break;
            case (byte)'2': Push(Top()); break;
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'I': Push(IntegerLine()); break;
            case (byte)'L': Push(Whole(BigInteger.Parse(Line().TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case (byte)'K': Push((long)Take(1)[0]); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8A: Push(Integer(Take(1)[0])); break;
            case 0x8B: Push(Integer(BinaryPrimitives.ReadInt32LittleEndian(Take(4)))); break;
            case (byte)'F': Push(double.Parse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture)); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case (byte)'S': Push(Line().Trim('\'', '"')); break;
            case (byte)'V': Push(Line()); break;
            case (byte)'T': Push(Text(BinaryPrimitives.ReadInt32LittleEndian(Take(4)))); break;
            case (byte)'U' or 0x8C: Push(Text(Take(1)[0])); break;
            case (byte)'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 0x8D: Push(Text(checked((long)BinaryPrimitives.ReadUInt64LittleEndian(Take(8))))); break;
            case (byte)'B': Push(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))).ToArray()); break;
            case (byte)'C': Push(Take(Take(1)[0]).ToArray()); break;
            case 0x8E: Push(Take(checked((long)BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))).ToArray()); break;
            case (byte)']': Push(new List<object?>()); break;
            case (byte)'l': Push(new List<object?>(PopMark())); break;
            case (byte)'a': Append(Pop()); break;
            case (byte)'e': foreach (object? item in PopMark()) Append(item); break;
            case (byte)')': Push(Array.Empty<object?>()); break;
            case (byte)'t': Push(PopMark()); break;
            case 0x85: Push(PopSome(1)); break;
            case 0x86: Push(PopSome(2)); break;
            case 0x87: Push(PopSome(3)); break;
            case (byte)'}': Push(new PickledDictionary()); break;
            case (byte)'d': Dictionary(PopMark()); break;
            case (byte)'s': Set(PopSome(2)); break;
            case (byte)'u': Set(PopMark()); break;
            case (byte)'c': Push(TorchNames.Find(this, Line(), Line())); break;
            case 0x93: Named(); break;
            case (byte)'R': Reduce(); break;
            case (byte)'b': Build(); break;
            case (byte)'p': memo[long.Parse(Line(), NumberStyles.None, CultureInfo.InvariantCulture)] = Top(); break;
            case (byte)'q': memo[Take(1)[0]] = Top(); break;
            case (byte)'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case 0x94: memo[memo.Count] = Top(); break;
            case (byte)'g': Push(Remembered(long.Parse(Line(), NumberStyles.None, CultureInfo.InvariantCulture))); break;
            case (byte)'h': Push(Remembered(Take(1)[0])); break;
            case (byte)'j': Push(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case (byte)'Q': Push((Persistent ?? throw Error("a persistent id where none is expected"))(Pop())); break;
            default: throw Error($"the pickle has opcode {Shown(code)}, which makes objects or is unknown; it is not run");
        }
        return true;
    }

    private void Named()
    {
        object?[] names = PopSome(2);
        Push(names is [string module, string name] ? TorchNames.Find(this, module, name) : throw Error("a name that is no string"));
    }

    private void Reduce()
    {
        object?[] arguments = Pop() as object?[] ?? throw Error("arguments that are no tuple");
        Push(Pop() is PickledCall call ? call.Run(this, arguments) : throw Error("the pickle calls something that is not one of the names that are read"));
    }

    // A state dict keeps the versions of its modules as an attribute of the dictionary: nothing that is wanted.
    private void Build()
    {
        Pop();
        if (Top() is not PickledDictionary) throw Error("the pickle sets attributes of something that is not a dictionary; such objects are not read");
    }

    private void Append(object? item)
    {
        (Top() as List<object?> ?? throw Error("an item for something that is not a list")).Add(item);
        Count();
    }

    private void Dictionary(object?[] items)
    {
        Push(new PickledDictionary());
        Set(items);
    }

    private void Set(object?[] items)
    {
        if (items.Length % 2 != 0) throw Error("a dictionary with a key that has no value");
        PickledDictionary dictionary = Top() as PickledDictionary ?? throw Error("a key for something that is not a dictionary");
        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is null or List<object?> or PickledDictionary) throw Error("a key that is no number, string or tuple");
            dictionary[items[i]!] = items[i + 1];
            Count();
        }
    }

    private object? Remembered(long index) => memo.TryGetValue(index, out object? value) ? value : throw Error($"the pickle takes up value {index}, which it has not put down");

    private object IntegerLine()
    {
        string line = Line();
        return line is "00" or "01" ? line == "01" : Whole(BigInteger.Parse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private object Integer(int length) => length is >= 0 and <= LongestInteger ? Whole(new BigInteger(Take(length))) : throw Error($"an integer of {length} bytes");

    private static object Whole(BigInteger value)
    {
        object small = value >= long.MinValue && value <= long.MaxValue ? (long)value : 0L;
        return value == (BigInteger)(long)small ? small : value;
    }

    private string Text(long length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        int end = pickle.Span[at..].IndexOf((byte)'\n');
        if (end is < 0 or > 4096) throw Error("a line of the pickle does not end");
        string line = Encoding.UTF8.GetString(Take(end));
        at++;
        return line;
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > pickle.Length - at) throw Error($"the pickle ends here; {count:N0} bytes were to follow");
        at += (int)count;
        return pickle.Span.Slice(at - (int)count, (int)count);
    }

    private void Push(object? value)
    {
        stack.Add(value);
        Count();
    }

    private void Count()
    {
        if (++objects > MostObjects) throw Error($"the pickle has more than {MostObjects:N0} values");
    }

    private object? Top() => stack.Count > Floor ? stack[^1] : throw Error("the pickle takes a value from an empty stack");

    private object? Pop()
    {
        object? value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] PopSome(int count)
    {
        if (stack.Count - count < Floor) throw Error("the pickle takes a value from an empty stack");
        object?[] values = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object?[] PopMark()
    {
        if (marks.Count == 0) throw Error("the pickle goes back to a mark that it has not set");
        int from = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        object?[] values = [.. stack[from..]];
        stack.RemoveRange(from, stack.Count - from);
        return values;
    }

    // Values below the last mark are out of reach until it is taken away.
    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    private static string Shown(byte code) => code is > 32 and < 127 ? $"'{(char)code}'" : $"0x{code:X2}";
}
