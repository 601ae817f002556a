using System.Text;

namespace VecStore.Formats.Tabular;

/// <summary>A text reader that refuses to go on when one record takes more than a record may.</summary>
internal sealed class GuardedReader(TextReader inner, string file) : TextReader
{
    private const long LongestRecord = 32 << 20;

    private long taken;

    public void BeginRecord() => taken = 0;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        int read = inner.Read(buffer);
        taken += read;
        return taken <= LongestRecord ? read : throw new VectorFileException(file, 0, $"a record of more than {LongestRecord:N0} characters");
    }

    public override int Read()
    {
        Span<char> one = stackalloc char[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override int Peek() => inner.Peek();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>What becomes of bytes that are not UTF-8 when text is decoded as a stream.</summary>
internal sealed class InvalidByteFallback(InvalidTextPolicy policy) : DecoderFallback
{
    public long Count { get; private set; }

    public override int MaxCharCount => 16;

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this);

    private sealed class Buffer(InvalidByteFallback owner) : DecoderFallbackBuffer
    {
        private string text = "";
        private int at;

        public override int Remaining => text.Length - at;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            owner.Count++;
            if (owner.Policy == InvalidTextPolicy.Refuse) throw new DecoderFallbackException("not valid UTF-8", bytesUnknown, index);
            text = owner.Policy == InvalidTextPolicy.Replace ? "\uFFFD" : string.Concat(bytesUnknown.Select(value => $"\\x{value:X2}"));
            at = 0;
            return true;
        }

        public override char GetNextChar() => at < text.Length ? text[at++] : '\0';

        public override bool MovePrevious()
        {
            if (at == 0) return false;
            at--;
            return true;
        }

        public override void Reset() => (text, at) = ("", 0);
    }

    private InvalidTextPolicy Policy => policy;
}
