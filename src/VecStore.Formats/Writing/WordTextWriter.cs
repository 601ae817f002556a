using System.Globalization;
using System.Text;

namespace VecStore.Formats.Writing;

/// <summary>Writes word2vec text (with the header) and GloVe text (without): the shortest decimals that read back to the same float32.</summary>
internal sealed class WordTextWriter : VectorWriter
{
    private const int LongestNumber = 24;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly VectorFileFormat format;
    private readonly byte[] line;

    public WordTextWriter(string path, VectorFileFormat format, WriterOptions options) : base(path, Checked(format, options))
    {
        this.format = format;
        line = new byte[options.Dimension * LongestNumber + 1];
        if (format == VectorFileFormat.Word2VecText) Stream.Write(Encoding.ASCII.GetBytes($"{options.RowCount} {options.Dimension}\n"));
    }

    private protected override void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values)
    {
        string word = WordOf(key, format, format == VectorFileFormat.GloVeText ? "\n\r" : " \t\n\r");
        if (word[0] is ' ' or '\t' || word[^1] is ' ' or '\t')
            throw new ArgumentException($"{format} cannot hold the key '{word}': a space at its end would be lost", nameof(key));
        Stream.Write(Strict.GetBytes(word));
        int at = 0;
        foreach (float value in row)
        {
            line[at++] = (byte)' ';
            value.TryFormat(line.AsSpan(at), out int written, default, CultureInfo.InvariantCulture);
            at += written;
        }
        line[at++] = (byte)'\n';
        Stream.Write(line.AsSpan(0, at));
    }

    private protected override void Finish() { }

    private static WriterOptions Checked(VectorFileFormat format, WriterOptions options) =>
        options.RowCount is not null || format == VectorFileFormat.GloVeText ? options
            : throw new ArgumentException("word2vec files begin with the number of rows; state it", nameof(options));
}
