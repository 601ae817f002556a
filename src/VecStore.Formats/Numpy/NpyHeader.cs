using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace VecStore.Formats.Numpy;

/// <summary>The header of a .npy file, versions 1 to 3 (NumPy Enhancement Proposal 1, numpy.lib.format).</summary>
internal sealed record NpyHeader(StoredElement Element, bool BigEndian, bool Fortran, long[] Shape, int DataStart)
{
    public const int LongestHeader = 64 << 10;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Parses the start of an array. <paramref name="name"/> and <paramref name="origin"/> say where it lies, for errors.</summary>
    public static NpyHeader Parse(string name, long origin, ReadOnlySpan<byte> head, SourceOptions options)
    {
        if (head.Length < 10 || !head.StartsWith(Magic))
            throw Error(0, head.Length < 10 && Magic.StartsWith(head[..Math.Min(6, head.Length)])
                ? $"the .npy header is cut off after {head.Length} bytes"
                : "not a .npy array: it does not begin with 93 'NUMPY'");
        int major = head[6];
        if (major is < 1 or > 3 || head[7] != 0) throw Error(6, $".npy version {major}.{head[7]}; versions 1.0, 2.0 and 3.0 can be read");
        int lengthBytes = major == 1 ? 2 : 4;
        if (head.Length < 8 + lengthBytes) throw Error(8, "the .npy header is cut off");
        long length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(head[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        int start = 8 + lengthBytes;
        if (length > LongestHeader) throw Error(8, $"the .npy header claims {length:N0} bytes; at most {LongestHeader:N0} are read");
        if (head.Length < start + length) throw Error(8, $"the .npy header claims {length:N0} bytes, {head.Length - start:N0} are there");

        PythonLiteral literal = new(Encoding.UTF8.GetString(head.Slice(start, (int)length)));
        string? descr = null;
        bool? fortran = null;
        long[]? shape = null;
        try
        {
            literal.Expect('{');
            while (!literal.TryTake('}'))
            {
                string key = literal.String();
                literal.Expect(':');
                switch (key)
                {
                    case "descr" when descr is null:
                        if (literal.Peek() == '[') throw new FormatException("records (structured dtype) are not vectors");
                        descr = literal.String();
                        break;
                    case "fortran_order" when fortran is null: fortran = literal.Bool(); break;
                    case "shape" when shape is null: shape = literal.Tuple(); break;
                    default: throw new FormatException($"unexpected key '{key}'");
                }
                if (!literal.TryTake(',') && literal.Peek() != '}') throw new FormatException("expected , or }");
            }
            literal.ExpectEnd();
        }
        catch (FormatException error)
        {
            throw Error(start, $"the .npy header cannot be read: {error.Message}");
        }
        if (descr is null || fortran is null || shape is null) throw Error(start, "the .npy header lacks descr, fortran_order or shape");
        (StoredElement element, bool bigEndian) = Dtype(descr, options) ?? throw Error(start, Refusal(descr));
        return new(element, bigEndian, fortran.Value, shape, start + (int)length);

        VectorFileException Error(long at, string reason) => new(name, origin + at, reason);
    }

    private static (StoredElement, bool)? Dtype(string descr, SourceOptions options)
    {
        if (descr.Length < 3 || !"<>|=".Contains(descr[0], StringComparison.Ordinal)) return null;
        StoredElement? element = descr[1..] switch
        {
            "f4" => StoredElement.Float32,
            "f8" => StoredElement.Float64,
            "f2" => StoredElement.Float16,
            "i1" => StoredElement.Int8,
            "u1" => StoredElement.UInt8,
            "i2" => StoredElement.Int16,
            "u2" => StoredElement.UInt16,
            "i4" => StoredElement.Int32,
            "u4" => StoredElement.UInt32,
            "i8" => StoredElement.Int64,
            "u8" => StoredElement.UInt64,
            "b1" => StoredElement.Bool,
            "V2" when options.Element == StoredElement.BFloat16 => StoredElement.BFloat16,
            _ => null,
        };
        return element is { } known ? (known, descr[0] == '>') : null;
    }

    private static string Refusal(string descr) => descr switch
    {
        "|O" or "O" => "an array of Python objects (dtype |O), which only unpickling could read; never done",
        _ when descr.EndsWith("V2", StringComparison.Ordinal) =>
            $"elements of two untyped bytes (dtype {descr}): if they are bfloat16, as ml_dtypes writes them, state the element type bf16",
        _ => string.Create(CultureInfo.InvariantCulture, $"dtype '{Shown(descr)}' is not a number type that can be read"),
    };

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
