using System.Buffers.Binary;
using System.Text;

namespace VecStore.Formats.Tests.Hostile;

/// <summary>Damages a valid file where it hurts: lengths, counts, numbers, quotes, line ends, cuts and repetitions.</summary>
internal sealed class Mutator(Random random, byte[][] corpus)
{
    private static readonly long[] Integers =
        [0, 1, -1, 2, 127, 128, 255, 256, 65_535, 65_536, 65_537, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 48, 1L << 60, long.MaxValue, long.MinValue];

    private static readonly byte[][] Tokens = [.. new[]
    {
        "0", "-1", "99999999999999999999", "9223372036854775807", "4294967296", "65537", "1e400", "1e-400", "nan", "-inf", "1e", "--1", "\n", "\r\n", "\n\n", " ", "  ", "\t", ",",
        ";", "\"", "\"\"", "'", "{", "}", "[", "]", "[[[[[[[[[[[[[[[[", ":", "null", "true", "\\", "\\ud800", "\0", "\uFEFF", "(", ")", "()", "(4611686018427387904, 4)", "True", "|O", "<f8", ">f2", "|V2",
        "__metadata__", "vecstore.keys", "data_offsets", "F64", "BF16", "PK\u0001\u0002", "PK\u0005\u0006",
    }.Select(Encoding.UTF8.GetBytes), [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], new byte[300], [.. Enumerable.Repeat((byte)'9', 400)]];

    public byte[] Next()
    {
        byte[] bytes = corpus[random.Next(corpus.Length)];
        for (int steps = 1 + random.Next(3); steps > 0; steps--) bytes = Step(bytes);
        return bytes;
    }

    private byte[] Step(byte[] bytes)
    {
        if (bytes.Length == 0) return Tokens[random.Next(Tokens.Length)];
        int at = random.Next(3) == 0 ? random.Next(Math.Min(bytes.Length, 32)) : random.Next(bytes.Length);
        switch (random.Next(11))
        {
            case 0: return Changed(bytes, at, copy => copy[at] ^= (byte)(1 << random.Next(8)));
            case 1: return Changed(bytes, at, copy => copy[at] = (byte)random.Next(256));
            case 2 or 3: return Changed(bytes, at, copy => PutInteger(copy.AsSpan(at), bytes.Length));
            case 4: return bytes[..at];
            case 5: return Spliced(bytes, at, at, Tokens[random.Next(Tokens.Length)]);
            case 6: return Spliced(bytes, at, Math.Min(bytes.Length, at + 1 + random.Next(16)), []);
            case 7:
                int length = Math.Min(bytes.Length - at, 1 + random.Next(64));
                return Spliced(bytes, at, at, bytes[at..(at + length)]);
            case 8: return ReplacedNumber(bytes, at);
            case 9:
                byte[] other = corpus[random.Next(corpus.Length)];
                return [.. bytes[..at], .. other[random.Next(other.Length)..]];
            default:
                byte[] tail = new byte[1 + random.Next(100)];
                if (random.Next(2) == 0) random.NextBytes(tail);
                return [.. bytes, .. tail];
        }
    }

    private static byte[] Changed(byte[] bytes, int at, Action<byte[]> change)
    {
        byte[] copy = [.. bytes];
        if (at < copy.Length) change(copy);
        return copy;
    }

    private static byte[] Spliced(byte[] bytes, int from, int to, byte[] between) => [.. bytes[..from], .. between, .. bytes[to..]];

    private void PutInteger(Span<byte> target, int fileLength)
    {
        long value = random.Next(4) == 0 ? fileLength + random.Next(-40, 40) : Integers[random.Next(Integers.Length)];
        Span<byte> whole = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(whole, value);
        int width = Math.Min(target.Length, 1 << random.Next(4));
        whole[..width].CopyTo(target);
    }

    // The run of digits at or after the place, if there is one.
    private byte[] ReplacedNumber(byte[] bytes, int at)
    {
        while (at < bytes.Length && !char.IsAsciiDigit((char)bytes[at])) at++;
        int end = at;
        while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end])) end++;
        return Spliced(bytes, at, end, Tokens[random.Next(14)]);
    }
}
