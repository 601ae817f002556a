using System.Text;

using VecStore.Formats.Numpy;

namespace VecStore.Formats.Writing;

/// <summary>Writes .npy version 1.0, float32 or float16, rows in C order; keys go to a text file beside it.</summary>
internal sealed class NpyWriter : VectorWriter
{
    // Two lines of 64 bytes hold any shape of two axes.
    private const int HeaderLength = 128;

    private readonly ElementEncoder encoder;
    private readonly KeyLinesWriter? keys;

    public NpyWriter(string path, WriterOptions options) : base(path, Checked(options))
    {
        encoder = new(options.Element, options.Dimension);
        keys = options.KeysPath is { } keysPath ? new(keysPath) : null;
        Stream.Write(new byte[HeaderLength]);
    }

    private protected override void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values)
    {
        if (keys is not null) keys.Write(key);
        else if (key is not null) throw new ArgumentException("Npy holds no keys; name a file for them (KeysPath)", nameof(key));
        encoder.Write(row, Stream);
    }

    private protected override void Finish()
    {
        string descr = Options.Element == StoredElement.Float32 ? "<f4" : "<f2";
        string dict = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({RowCount}, {Options.Dimension}), }}";
        Stream.Position = 0;
        Stream.Write(NpyHeader.Magic);
        Stream.Write([1, 0, HeaderLength - 10, 0]);
        Stream.Write(Encoding.ASCII.GetBytes(dict.PadRight(HeaderLength - 11) + "\n"));
        keys?.Complete();
    }

    private protected override void Close() => keys?.Dispose();

    private static WriterOptions Checked(WriterOptions options) => options.Element is StoredElement.Float32 or StoredElement.Float16
        ? options : throw new ArgumentException($"Npy is written as Float32 or Float16, not {options.Element}", nameof(options));
}
