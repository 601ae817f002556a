using System.Globalization;
using System.Text.RegularExpressions;

using VecStore.Formats.Bytes;
using VecStore.Formats.Matrices;
using VecStore.Formats.Safetensors;

namespace VecStore.Formats.Firings;

/// <summary>
/// One file of delphi's latents: locations [n, 3] = (row, position, latent) and activations [n]. The file's name gives its range of latents, the end included, and the latent in the locations counts
/// from the start of that range. A file without a range in its name holds all latents, counted from 0.
/// </summary>
internal sealed partial class LatentSplit : IDisposable
{
    private const int Chunk = 1 << 14;

    private readonly ByteSource bytes;
    private readonly ElementStream locations, activations;
    private readonly long[] triples = new long[3 * Chunk];
    private readonly float[] values = new float[Chunk];
    private int filled, at;
    private long lastRow = -1;

    private LatentSplit(ByteSource bytes, ElementStream locations, ElementStream activations, int start, int? end, Tensor? tokens, long dataStart)
    {
        (this.bytes, this.locations, this.activations, Start, End) = (bytes, locations, activations, start, end);
        (TokenTensor, DataStart) = (tokens, dataStart);
    }

    public string Path => bytes.Name;

    /// <summary>The first latent.</summary>
    public int Start { get; }

    /// <summary>The last latent, included; null where the name has no range.</summary>
    public int? End { get; }

    public long Count => locations.Count / 3;

    public StoredElement Activation => activations.Element;

    /// <summary>The token ids [rows, positions], if they are there.</summary>
    public Tensor? TokenTensor { get; }

    public long DataStart { get; }

    public ByteSource Bytes => bytes;

    /// <summary>The range in a file name "start_end", both included; null when it has none.</summary>
    public static (int Start, int End)? RangeOf(string path)
    {
        Match match = RangeName().Match(System.IO.Path.GetFileName(path));
        return match.Success && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int start)
            && int.TryParse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out int end) ? (start, end) : null;
    }

    public static LatentSplit Open(string path)
    {
        FileBytes bytes = new(path);
        try
        {
            (int Start, int End)? range = RangeOf(path);
            if (range is { } named && named.End < named.Start) throw bytes.Error(0, $"the name says latents {named.Start} to {named.End}");
            SafetensorsHeader header = SafetensorsHeader.Read(bytes);
            Tensor locations = Find("locations"), activations = Find("activations");
            if (locations.Shape is not [_, 3]) throw bytes.Error(8, $"{locations}: locations have three columns (row, position, latent)");
            if (activations.Shape is not [_] || activations.Shape[0] != locations.Shape[0]) throw bytes.Error(8, $"{activations} beside {locations}: one activation a location");
            ElementStream ofLocations = Stream(locations), ofActivations = Stream(activations);
            if (!ofLocations.IsInteger) throw bytes.Error(8, $"{locations}: locations are integers");
            Tensor? tokens = header.Tensors.GetValueOrDefault("tokens");
            if (tokens is { Shape: not [_, _] }) throw bytes.Error(8, $"{tokens}: token ids are [rows, positions]");
            return new(bytes, ofLocations, ofActivations, range?.Start ?? 0, range?.End, tokens, header.DataStart);

            Tensor Find(string name) => header.Tensors.GetValueOrDefault(name)
                ?? throw bytes.Error(8, $"no tensor '{name}': not delphi's latents; it holds {string.Join("; ", header.Tensors.Values.Take(10))}");

            ElementStream Stream(Tensor tensor) => StreamOf(bytes, tensor, header.DataStart);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public static ElementStream StreamOf(ByteSource bytes, Tensor tensor, long dataStart)
    {
        StoredElement element = tensor.Dtype switch
        {
            "F32" => StoredElement.Float32,
            "F64" => StoredElement.Float64,
            "F16" => StoredElement.Float16,
            "BF16" => StoredElement.BFloat16,
            "I16" => StoredElement.Int16,
            "U16" => StoredElement.UInt16,
            "I32" => StoredElement.Int32,
            "U32" => StoredElement.UInt32,
            "I64" => StoredElement.Int64,
            "U64" => StoredElement.UInt64,
            _ => throw bytes.Error(8, $"{tensor} has a dtype that is not expected here"),
        };
        long count = 1;
        foreach (long axis in tensor.Shape) count *= axis;
        return new(new StoredMatrixBytes(bytes, dataStart + tensor.Begin), element, false, count);
    }

    /// <summary>The row of the last location; -1 when there is none.</summary>
    public long LastRow()
    {
        if (Count == 0) return -1;
        long before = locations.Position;
        locations.Position = locations.Count - 3;
        Span<long> last = stackalloc long[3];
        locations.Read(last);
        locations.Position = before;
        return last[0];
    }

    /// <summary>The largest position and latent of all locations, by reading them through; the reading then begins anew.</summary>
    public (long Position, long Latent) Largest(CancellationToken cancellation)
    {
        long position = -1, latent = -1;
        Rewind();
        while (Fill(cancellation))
        {
            for (int i = 0; i < filled; i++)
            {
                position = Math.Max(position, triples[(3 * i) + 1]);
                latent = Math.Max(latent, triples[(3 * i) + 2]);
            }
            at = filled;
        }
        Rewind();
        return (position, latent);
    }

    public void Rewind()
    {
        locations.Position = activations.Position = 0;
        filled = at = 0;
        lastRow = -1;
    }

    /// <summary>Appends the locations of a row; those of later rows stay.</summary>
    public void Take(long row, long positions, int featureCount, List<(int Position, int Feature, float Activation)> firings, CancellationToken cancellation)
    {
        while (at < filled || Fill(cancellation))
        {
            long found = triples[3 * at], position = triples[(3 * at) + 1], latent = triples[(3 * at) + 2];
            long place = locations.Position / 3 - filled + at;
            if (found < lastRow) throw bytes.Error(0, $"location {place:N0} is of row {found}, the one before of row {lastRow}: rows must ascend");
            if (found > row)
            {
                lastRow = row;
                return;
            }
            lastRow = found;
            if (position < 0 || position >= positions) throw bytes.Error(0, $"location {place:N0} is at position {position} of a document of {positions:N0}");
            long most = End is { } end ? end - Start : featureCount - 1;
            if (latent < 0 || latent > most)
            {
                throw bytes.Error(0, End is null
                    ? $"location {place:N0} has latent {latent}, there are {featureCount:N0}"
                    : $"location {place:N0} has latent {latent}; a file of latents {Start} to {End} has 0 to {most}, counted from its first");
            }
            float activation = values[at];
            if (!float.IsFinite(activation)) throw bytes.Error(0, $"activation {place:N0} is {activation}");
            firings.Add(((int)position, Start + (int)latent, activation));
            at++;
        }
    }

    /// <summary>Throws unless every location was taken: what is left would be of a row before the last.</summary>
    public void RequireEnd(CancellationToken cancellation)
    {
        if (at < filled || Fill(cancellation)) throw bytes.Error(0, $"a location of row {triples[3 * at]} comes before one of a smaller row: rows must ascend");
    }

    public void Dispose() => bytes.Dispose();

    private bool Fill(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        filled = (int)Math.Min(Chunk, activations.Count - activations.Position);
        at = 0;
        if (filled == 0) return false;
        locations.Read(triples.AsSpan(0, 3 * filled));
        activations.Read(values.AsSpan(0, filled));
        return true;
    }

    [GeneratedRegex(@"^(\d{1,9})_(\d{1,9})\.safetensors$")]
    private static partial Regex RangeName();
}
