using System.Text;

namespace VecStore.Formats.Writing;

/// <summary>Keys as text, one a line.</summary>
internal sealed class KeyLinesWriter(string path) : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly AtomicFile file = new(path);

    public void Write(string? key)
    {
        if (key is null) throw new ArgumentException("a file of keys needs a key for every row", nameof(key));
        if (key.AsSpan().IndexOfAny('\n', '\r') >= 0) throw new ArgumentException($"a file of keys cannot hold the key '{key}': it has a line end", nameof(key));
        file.Stream.Write(Strict.GetBytes(key));
        file.Stream.WriteByte((byte)'\n');
    }

    public void Complete() => file.Complete();

    public void Dispose() => file.Dispose();
}
