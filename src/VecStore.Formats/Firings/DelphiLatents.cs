using System.Text.Json;

using VecStore.Formats.Safetensors;

namespace VecStore.Formats.Firings;

/// <summary>
/// Latents as EleutherAI's delphi caches them: a folder of one module with a file for each range of latents (its tensors in <see cref="LatentSplit"/>), with or without config.json; or the one file
/// of an unsplit cache. The files are read side by side, row by row.
/// </summary>
internal sealed class DelphiLatents : FiringDump
{
    private readonly List<LatentSplit> splits;
    private readonly List<string> notes = [];
    private readonly ElementStream? tokens;
    private readonly int positions;

    private DelphiLatents(List<LatentSplit> splits, FiringDumpOptions options)
    {
        this.splits = splits;
        RequireWhole();
        long rows = splits.Max(split => split.LastRow()) + 1;
        if (splits.Find(split => split.TokenTensor is not null) is { } withTokens)
        {
            Tensor tensor = withTokens.TokenTensor!;
            foreach (LatentSplit split in splits)
            {
                if (split.TokenTensor is { } other && !other.Shape.AsSpan().SequenceEqual(tensor.Shape))
                    throw split.Bytes.Error(8, $"{other}, but {Path.GetFileName(withTokens.Path)} has {tensor}");
            }
            if (tensor.Shape[1] is < 1 or > int.MaxValue) throw withTokens.Bytes.Error(8, $"{tensor}: documents without positions");
            if (rows > tensor.Shape[0]) throw withTokens.Bytes.Error(8, $"{tensor}, yet there is a location in row {rows - 1}");
            (rows, positions) = (tensor.Shape[0], (int)tensor.Shape[1]);
            tokens = LatentSplit.StreamOf(withTokens.Bytes, tensor, withTokens.DataStart);
            if (!tokens.IsInteger) throw withTokens.Bytes.Error(8, $"{tensor}: token ids are integers");
            if (options.DocumentLength is { } asked && asked != positions) throw withTokens.Bytes.Error(8, $"documents of {asked} positions were asked for; {tensor}");
        }
        else if ((options.DocumentLength ?? ContextLength(splits[0].Path)) is { } stated) positions = stated;
        long largestLatent = -1;
        if (positions == 0 || splits[0].End is null)
        {
            long largest = -1;
            foreach (LatentSplit split in splits)
            {
                (long position, long latent) = split.Largest(default);
                (largest, largestLatent) = (Math.Max(largest, position), Math.Max(largestLatent, split.Start + latent));
            }
            if (positions == 0)
            {
                if (largest >= int.MaxValue) throw splits[0].Bytes.Error(8, $"a location at position {largest}");
                positions = (int)Math.Max(1, largest + 1);
                notes.Add($"nothing says how long the documents are: {positions:N0} positions, as far as anything fires (--document-length states it)");
            }
        }
        DocumentCount = rows;
        long named = splits[^1].End is { } end ? end + 1L : largestLatent + 1;
        FeatureCount = (int)Math.Clamp(Math.Max(options.FeatureCount ?? 0, named), 1, int.MaxValue);
        if (splits[^1].End is null && options.FeatureCount is null) notes.Add($"no file name says how many latents there are: {FeatureCount:N0}, as far as any fires (--features states it)");
        Activation = splits[0].Activation;
        if (splits.Exists(split => split.Activation != Activation)) throw splits[0].Bytes.Error(8, "the splits store their activations in different types");
    }

    public override string Format => "delphi latents";

    public override IReadOnlyList<string> Files => [.. splits.Select(split => split.Path)];

    public override int FeatureCount { get; }

    public override long DocumentCount { get; }

    public override StoredElement? Activation { get; }

    public override bool IsBlocks => false;

    public override IReadOnlyList<string> Notes => notes;

    public static new DelphiLatents Open(string path, FiringDumpOptions options)
    {
        List<LatentSplit> splits = [];
        try
        {
            foreach (string file in FilesOf(path, options.Module)) splits.Add(LatentSplit.Open(file));
            splits.Sort((x, y) => x.Start.CompareTo(y.Start));
            return new(splits, options);
        }
        catch
        {
            foreach (LatentSplit split in splits) split.Dispose();
            throw;
        }
    }

    public override IEnumerable<FiringDumpDocument> Documents(CancellationToken cancellation = default)
    {
        foreach (LatentSplit split in splits) split.Rewind();
        if (tokens is not null) tokens.Position = 0;
        List<(int Position, int Feature, float Activation)> firings = [];
        int[] starts = new int[positions + 1], features = [], ids = tokens is null ? [] : new int[positions];
        float[] activations = [];
        long[] row = new long[ids.Length];
        for (long document = 0; document < DocumentCount; document++)
        {
            cancellation.ThrowIfCancellationRequested();
            firings.Clear();
            foreach (LatentSplit split in splits) split.Take(document, positions, FeatureCount, firings, cancellation);
            if (features.Length < firings.Count)
            {
                features = new int[firings.Count + (firings.Count / 2)];
                activations = new float[features.Length];
            }
            Arrange(document, firings, starts, features, activations);
            if (tokens is not null)
            {
                tokens.Read(row);
                for (int i = 0; i < row.Length; i++)
                    ids[i] = row[i] is >= int.MinValue and <= int.MaxValue ? (int)row[i] : throw splits[0].Bytes.Error(8, $"token id {row[i]} in row {document}");
            }
            yield return new(document, starts, features.AsMemory(0, firings.Count), activations.AsMemory(0, firings.Count), ids);
        }
        foreach (LatentSplit split in splits) split.RequireEnd(cancellation);
    }

    public override void Dispose() => splits.ForEach(split => split.Dispose());

    // By position (counted, splits in the order of their latents), and within a position by feature where a file was not in order.
    private void Arrange(long document, List<(int Position, int Feature, float Activation)> firings, int[] starts, int[] features, float[] activations)
    {
        Array.Clear(starts);
        foreach ((int position, _, _) in firings) starts[position + 1]++;
        for (int position = 0; position < positions; position++) starts[position + 1] += starts[position];
        int[] next = starts[..positions];
        foreach ((int position, int feature, float activation) in firings)
        {
            int to = next[position]++;
            features[to] = feature;
            activations[to] = activation;
        }
        for (int position = 0; position < positions; position++)
        {
            Span<int> some = features.AsSpan(starts[position], starts[position + 1] - starts[position]);
            if (!IsAscending(some)) some.Sort(activations.AsSpan(starts[position], some.Length));
            if (!IsAscending(some)) throw splits[0].Bytes.Error(8, $"row {document}, position {position} has a latent twice");
        }
    }

    private static bool IsAscending(ReadOnlySpan<int> features)
    {
        for (int i = 1; i < features.Length; i++)
        {
            if (features[i] <= features[i - 1]) return false;
        }
        return true;
    }

    // The ranges must follow one another from 0: a missing split would be latents that seem never to fire.
    private void RequireWhole()
    {
        if (splits.Exists(split => split.End is null))
        {
            if (splits.Count > 1) throw splits[0].Bytes.Error(0, $"{splits.Count} files, some without a range of latents in their names (start_end.safetensors)");
            return;
        }
        long expected = 0;
        foreach (LatentSplit split in splits)
        {
            if (split.Start != expected)
            {
                throw split.Bytes.Error(0, split.Start > expected
                    ? $"begins at latent {split.Start}, but latents {expected} to {split.Start - 1} are in no file beside it"
                    : $"begins at latent {split.Start}, which another file has too");
            }
            expected = split.End!.Value + 1L;
        }
    }

    private static string[] FilesOf(string path, string? module)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new VectorFileException(path, 0, "there is no such file or folder");
        string[] here = Ranged(path);
        if (here.Length > 0) return here;
        string[] modules = [.. Directory.GetDirectories(path).Where(folder => Ranged(folder).Length > 0).Order(StringComparer.Ordinal)];
        string names = string.Join(", ", modules.Select(folder => Path.GetFileName(folder)));
        if (module is not null)
        {
            string? chosen = Array.Find(modules, folder => Path.GetFileName(folder) == module);
            return chosen is null ? throw new VectorFileException(path, 0, $"no module '{module}'; there are {(names.Length == 0 ? "none" : names)}") : Ranged(chosen);
        }
        return modules.Length switch
        {
            1 => Ranged(modules[0]),
            0 => throw new VectorFileException(path, 0, "no latents: neither the folder nor one in it has files named start_end.safetensors"),
            _ => throw new VectorFileException(path, 0, $"latents of {modules.Length} modules; state which one: {names}"),
        };
    }

    private static string[] Ranged(string folder) => [.. Directory.GetFiles(folder, "*.safetensors").Where(file => LatentSplit.RangeOf(file) is not null).Order(StringComparer.Ordinal)];

    // delphi's CacheConfig; older ones call it ctx_len.
    private static int? ContextLength(string file)
    {
        string path = Path.Combine(Path.GetDirectoryName(file) ?? "", "config.json");
        if (!File.Exists(path)) return null;
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument config = JsonDocument.Parse(stream);
            foreach (string name in (ReadOnlySpan<string>)["cache_ctx_len", "ctx_len"])
            {
                if (config.RootElement.ValueKind == JsonValueKind.Object && config.RootElement.TryGetProperty(name, out JsonElement length)
                    && length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out int positions) && positions > 0)
                {
                    return positions;
                }
            }
            return null;
        }
        catch (JsonException damage)
        {
            throw new VectorFileException(path, 0, $"cannot be read: {damage.Message}", damage);
        }
    }
}
