using System.Globalization;
using System.Text;

using CsvHelper;
using CsvHelper.Configuration;

using VecStore.Formats.Bytes;

namespace VecStore.Formats.Tabular;

/// <summary>The records of a CSV or TSV file, by CsvHelper, with a bound on how much one record may take.</summary>
/// <remarks>CSV is RFC 4180, separated by commas, or by semicolons if the first line has no comma. TSV has no quotes: a word may be a quote.</remarks>
internal sealed class CsvRecords : IDisposable
{
    private const int LongestField = 8 << 20;

    private readonly ByteSource bytes;
    private readonly ByteSourceStream stream;
    private readonly GuardedReader reader;
    private readonly CsvParser parser;
    private readonly InvalidByteFallback invalid;

    public CsvRecords(ByteSource bytes, VectorFileFormat format, SourceOptions options)
    {
        this.bytes = bytes;
        int mark = bytes.Head(3).AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        stream = new(bytes, mark, bytes.Length - mark);
        invalid = new(options.InvalidText);
        Encoding encoding = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, invalid);
        int buffer = (int)Math.Min(64 << 10, Math.Max(128, bytes.Length));
        reader = new(new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false, buffer), bytes.Name);
        parser = new(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = format == VectorFileFormat.Tsv ? "\t" : Delimiter(bytes),
            Mode = format == VectorFileFormat.Tsv ? CsvMode.NoEscape : CsvMode.RFC4180,
            MaxFieldSize = LongestField,
            BufferSize = buffer,
        });
    }

    public int Count => parser.Count;

    public long Line => parser.RawRow;

    public long InvalidBytes => invalid.Count;

    public double Fraction => bytes.Length == 0 ? 1 : (double)stream.Position / bytes.Length;

    public string this[int field]
    {
        get
        {
            try
            {
                return parser[field];
            }
            catch (Exception error) when (error is CsvHelperException or DecoderFallbackException)
            {
                throw Translated(error);
            }
        }
    }

    public bool Read()
    {
        reader.BeginRecord();
        try
        {
            return parser.Read();
        }
        catch (Exception error) when (error is CsvHelperException or DecoderFallbackException)
        {
            throw Translated(error);
        }
    }

    public VectorFileException Error(string reason, Exception? inner = null) => new(bytes.Name, null, Math.Max(1, Line), reason, inner);

    public void Dispose()
    {
        parser.Dispose();
        reader.Dispose();
    }

    private VectorFileException Translated(Exception error) => Error(error switch
    {
        MaxFieldSizeException => $"a field of more than {LongestField:N0} characters: perhaps a quote that is never closed",
        BadDataException => "a quote in the middle of a field",
        DecoderFallbackException => "not valid UTF-8",
        _ => error.Message.Split('\n')[0].Trim(),
    }, error);

    private static string Delimiter(ByteSource bytes)
    {
        ReadOnlySpan<byte> head = bytes.Head(64 << 10);
        int end = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = end >= 0 ? head[..end] : head;
        return first.Contains((byte)',') || !first.Contains((byte)';') ? "," : ";";
    }
}
