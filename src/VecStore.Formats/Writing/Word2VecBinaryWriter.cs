using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Formats.Writing;

/// <summary>Writes word2vec binary as gensim does: no line feed after a vector.</summary>
internal sealed class Word2VecBinaryWriter : VectorWriter
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public Word2VecBinaryWriter(string path, WriterOptions options) : base(path, options)
    {
        if (options.RowCount is null)
        {
            Dispose();
            throw new ArgumentException("word2vec files begin with the number of rows; state it", nameof(options));
        }
        Stream.Write(Encoding.ASCII.GetBytes($"{options.RowCount} {options.Dimension}\n"));
    }

    private protected override void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values)
    {
        Stream.Write(Strict.GetBytes(WordOf(key, VectorFileFormat.Word2VecBinary, " \n\r")));
        Stream.WriteByte((byte)' ');
        Stream.Write(MemoryMarshal.AsBytes(row));
    }

    private protected override void Finish() { }
}
