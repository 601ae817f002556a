namespace VecStore.Analysis;

/// <summary>The firings of one document, as compressed rows over its tokens. Borrowed: the next document may be written over it.</summary>
public sealed class DocumentFirings
{
    private readonly ReadOnlyMemory<int> tokenStarts, features, tokens;
    private readonly ReadOnlyMemory<float> activations;

    /// <summary>A document over memory that belongs to the caller.</summary>
    /// <param name="document">Its number in the source.</param>
    /// <param name="tokenStarts">Where the firings of each token start, and the end of the last.</param>
    /// <param name="features">The features, ascending within a token.</param>
    /// <param name="activations">The activations.</param>
    /// <param name="tokens">Token ids; empty when they are not known.</param>
    public DocumentFirings(
        long document, ReadOnlyMemory<int> tokenStarts, ReadOnlyMemory<int> features, ReadOnlyMemory<float> activations, ReadOnlyMemory<int> tokens = default)
    {
        Check(tokenStarts.Span, features.Span, activations.Span, tokens.Span, int.MaxValue);
        (Document, this.tokenStarts, this.features, this.activations, this.tokens) = (document, tokenStarts, features, activations, tokens);
    }

    /// <summary>Its number in the source.</summary>
    public long Document { get; }

    /// <summary>Number of tokens.</summary>
    public int TokenCount => tokenStarts.Length - 1;

    /// <summary>Where the firings of each token start, and the end of the last: tokens + 1 numbers.</summary>
    public ReadOnlySpan<int> TokenStarts => tokenStarts.Span;

    /// <summary>The features of the firings, token by token, ascending within a token.</summary>
    public ReadOnlySpan<int> Features => features.Span;

    /// <summary>The activations of the firings.</summary>
    public ReadOnlySpan<float> Activations => activations.Span;

    /// <summary>The ids of the tokens; empty when they are not known.</summary>
    public ReadOnlySpan<int> Tokens => tokens.Span;

    /// <summary>The features of one token.</summary>
    public ReadOnlySpan<int> FeaturesOf(int token) => Features[TokenStarts[token]..TokenStarts[token + 1]];

    /// <summary>The activations of one token.</summary>
    public ReadOnlySpan<float> ActivationsOf(int token) => Activations[TokenStarts[token]..TokenStarts[token + 1]];

    /// <summary>What every sink asks of a document.</summary>
    /// <exception cref="ArgumentException">Starts, features, activations and tokens do not fit one another, or features are not ascending below the count.</exception>
    internal static void Check(
        ReadOnlySpan<int> tokenStarts, ReadOnlySpan<int> features, ReadOnlySpan<float> activations, ReadOnlySpan<int> tokens, int featureCount)
    {
        if (tokenStarts.IsEmpty || tokenStarts[0] != 0 || tokenStarts[^1] != features.Length)
            throw new ArgumentException($"token starts go from 0 to the number of firings, {features.Length}", nameof(tokenStarts));
        if (activations.Length != features.Length)
            throw new ArgumentException($"{activations.Length} activations of {features.Length} firings", nameof(activations));
        if (!tokens.IsEmpty && tokens.Length != tokenStarts.Length - 1)
            throw new ArgumentException($"{tokens.Length} token ids of {tokenStarts.Length - 1} tokens", nameof(tokens));
        for (int token = 0; token + 1 < tokenStarts.Length; token++)
        {
            int end = tokenStarts[token + 1], before = -1;
            if (end < tokenStarts[token] || end > features.Length) throw new ArgumentException($"token {token} ends at {end}, it starts at {tokenStarts[token]}", nameof(tokenStarts));
            for (int i = tokenStarts[token]; i < end; i++)
            {
                int feature = features[i];
                if (feature <= before || feature >= featureCount)
                    throw new ArgumentException($"token {token} has feature {feature} after {before}; features ascend and lie below {featureCount:N0}", nameof(features));
                before = feature;
            }
        }
    }
}
