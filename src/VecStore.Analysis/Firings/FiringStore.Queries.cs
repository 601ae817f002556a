namespace VecStore.Analysis;

/// <summary>A place where a feature fires, with the tokens around it.</summary>
/// <param name="Document">The document's number in its source.</param>
/// <param name="Position">The token in the document.</param>
/// <param name="Activation">How strongly.</param>
/// <param name="FirstToken">The position of the first of <paramref name="Tokens"/>.</param>
/// <param name="Tokens">The ids of the tokens around it; empty when they are not stored.</param>
public sealed record FiringContext(long Document, int Position, float Activation, int FirstToken, int[] Tokens);

/// <summary>How often and how strongly a feature fires.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Tokens">Tokens looked at.</param>
/// <param name="Firings">Tokens on which it fires.</param>
/// <param name="Documents">Documents in which it fires.</param>
/// <param name="Density">Firings / tokens.</param>
/// <param name="Mean">Mean activation where it fires; NaN when it never does.</param>
/// <param name="Minimum">Weakest activation.</param>
/// <param name="Maximum">Strongest activation.</param>
/// <param name="Quantiles">The quantiles that were asked for, interpolated between the sorted activations.</param>
/// <param name="Histogram">Firings in bins of equal width from <paramref name="Minimum"/> to <paramref name="Maximum"/>; the last bin has its upper edge.</param>
public sealed record FeatureActivations(
    int Feature, long Tokens, long Firings, long Documents, double Density, double Mean, float Minimum, float Maximum, double[] Quantiles, long[] Histogram);

public sealed unsafe partial class FiringStore
{
    /// <summary>Tokens on which a feature fires.</summary>
    public long CountOf(int feature) => EntryOf(feature).Count;

    /// <summary>Features that fire on no token.</summary>
    public int[] NeverFiring => [.. Enumerable.Range(0, FeatureCount).Where(feature => CountOf(feature) == 0)];

    /// <summary>Tokens of the documents that pass.</summary>
    /// <param name="documents">By the number of the document; null takes all.</param>
    public long TokensOf(Func<long, bool>? documents)
    {
        if (documents is null) return TokenCount;
        long tokens = 0;
        for (long place = 0; place < DocumentCount; place++)
        {
            if (documents(documentTable[place].Document)) tokens += TokensAt(place);
        }
        return tokens;
    }

    /// <summary>The places where a feature fires most strongly, strongest first, ties in the order of the text.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="count">How many.</param>
    /// <param name="radius">Tokens before and after, where token ids are stored.</param>
    /// <param name="documents">Only documents that pass, by number; null takes all.</param>
    /// <param name="onePerDocument">Only the strongest place of each document.</param>
    public FiringContext[] TopContexts(int feature, int count, int radius = 10, Func<long, bool>? documents = null, bool onePerDocument = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        // A heap with the weakest, and among equals the latest, on top.
        PriorityQueue<(long Place, int Position, float Activation), (float, long, int)> best =
            new(Comparer<(float Activation, long Place, int Position)>.Create((x, y) =>
                x.Activation != y.Activation ? x.Activation.CompareTo(y.Activation) : x.Place != y.Place ? y.Place.CompareTo(x.Place) : y.Position.CompareTo(x.Position)));
        (long Place, int Position, float Activation)? pending = null;
        Visit(feature, documents, (place, position, activation) =>
        {
            if (onePerDocument)
            {
                if (pending is { } held && held.Place == place)
                {
                    if (activation > held.Activation) pending = (place, position, activation);
                    return;
                }
                (pending, (long Place, int Position, float Activation)? whole) = ((place, position, activation), pending);
                if (whole is { } last) Offer(last.Place, last.Position, last.Activation);
            }
            else Offer(place, position, activation);
        });
        if (pending is { } final) Offer(final.Place, final.Position, final.Activation);
        FiringContext[] contexts = new FiringContext[best.Count];
        for (int i = contexts.Length - 1; i >= 0; i--) contexts[i] = Context(best.Dequeue(), radius);
        return contexts;

        void Offer(long place, int position, float activation)
        {
            best.Enqueue((place, position, activation), (activation, place, position));
            if (best.Count > count) best.Dequeue();
        }
    }

    /// <summary>Density, mean, extremes, quantiles and histogram of a feature's activations: exact, with four bytes a firing of memory.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="quantiles">Which quantiles, 0 to 1.</param>
    /// <param name="bins">Bins of the histogram.</param>
    /// <param name="documents">Only documents that pass, by number; null takes all.</param>
    public FeatureActivations Activations(int feature, IReadOnlyList<double>? quantiles = null, int bins = 20, Func<long, bool>? documents = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        quantiles ??= [0.25, 0.5, 0.75, 0.9, 0.99];
        foreach (double quantile in quantiles)
        {
            if (!(quantile is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(quantiles), quantile, "quantiles lie between 0 and 1");
        }
        List<float> values = [];
        long inDocuments = 0, lastPlace = -1;
        double sum = 0;
        Visit(feature, documents, (place, _, activation) =>
        {
            values.Add(activation);
            sum += activation;
            if (place != lastPlace) inDocuments++;
            lastPlace = place;
        });
        values.Sort();
        long tokens = TokensOf(documents);
        long[] histogram = new long[bins];
        if (values.Count == 0) return new(feature, tokens, 0, 0, 0, double.NaN, float.NaN, float.NaN, [.. quantiles.Select(_ => double.NaN)], histogram);
        float minimum = values[0], maximum = values[^1];
        foreach (float value in values)
        {
            double share = maximum > minimum ? ((double)value - minimum) / ((double)maximum - minimum) : 0;
            histogram[Math.Min(bins - 1, (int)(share * bins))]++;
        }
        return new(feature, tokens, values.Count, inDocuments, tokens == 0 ? 0 : (double)values.Count / tokens, sum / values.Count, minimum, maximum,
            [.. quantiles.Select(quantile => Quantile(values, quantile))], histogram);
    }

    // NumPy's linear rule: between the two sorted values about (n - 1) q.
    private static double Quantile(List<float> sorted, double quantile)
    {
        double at = (sorted.Count - 1) * quantile;
        int low = (int)at, high = Math.Min(low + 1, sorted.Count - 1);
        return sorted[low] + ((at - low) * ((double)sorted[high] - sorted[low]));
    }

    private FiringContext Context((long Place, int Position, float Activation) found, int radius)
    {
        DocumentEntry entry = documentTable[found.Place];
        if (!layout.HasTokens) return new(entry.Document, found.Position, found.Activation, found.Position, []);
        int tokens = TokensAt(found.Place), first = Math.Max(0, found.Position - radius), end = (int)Math.Min(tokens, (long)found.Position + radius + 1);
        long offset = entry.Offset + FiringLayout.TokensAt(tokens) + (4L * first);
        documents.Ensure(offset, 4L * (end - first));
        return new(entry.Document, found.Position, found.Activation, first, new ReadOnlySpan<int>(documents.Base + offset, end - first).ToArray());
    }

    private FeatureEntry EntryOf(int feature)
    {
        if ((uint)feature >= (uint)FeatureCount) throw new ArgumentOutOfRangeException(nameof(feature), feature, $"features are 0 to {FeatureCount - 1:N0}");
        return featureTable[feature];
    }

    // Shows the firings of a feature in the order of the text.
    private void Visit(int feature, Func<long, bool>? selected, Action<long, int, float> visit)
    {
        FeatureEntry entry = EntryOf(feature);
        if (entry.Count == 0) return;
        features.Ensure(entry.Offset, layout.FeatureLength(entry.Count));
        uint* tokens = (uint*)(features.Base + entry.Offset);
        byte* activations = features.Base + entry.Offset + FiringLayout.FeatureActivationsAt(entry.Count);
        const int run = 4096;
        float[] decoded = new float[run];
        long place = -1, first = 0, end = 0;
        bool passes = false;
        for (long i = 0; i < entry.Count; i++)
        {
            if (i % run == 0) ReadActivations(activations + (i * layout.ActivationBytes), decoded.AsSpan(0, (int)Math.Min(run, entry.Count - i)));
            uint token = tokens[i];
            if (token >= end || place < 0)
            {
                place = PlaceOfToken(token, place + 1);
                if (place < 0 || token < first) throw features.Corrupt(entry.Offset + (4 * i), "tokens in order", $"token {token}");
                (first, end) = (documentTable[place].FirstToken, documentTable[place + 1].FirstToken);
                passes = selected is null || selected(documentTable[place].Document);
            }
            if (passes) visit(place, (int)(token - first), decoded[i % run]);
        }
    }

    // The document that has a token, searched from a place on.
    private long PlaceOfToken(uint token, long from)
    {
        long low = from, high = DocumentCount;
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (documentTable[middle + 1].FirstToken <= token) low = middle + 1;
            else high = middle;
        }
        return low < DocumentCount && documentTable[low].FirstToken <= token ? low : -1;
    }
}
