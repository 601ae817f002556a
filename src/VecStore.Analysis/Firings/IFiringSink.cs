namespace VecStore.Analysis;

/// <summary>Takes the firings of documents, one document after another: what an encoder or an importer writes to.</summary>
public interface IFiringSink
{
    /// <summary>Takes one document. The spans are borrowed for the call.</summary>
    /// <param name="document">Its number in the source; greater than that of the document before.</param>
    /// <param name="tokenStarts">Where the firings of each token start, and the end of the last: tokens + 1 numbers, the first 0.</param>
    /// <param name="features">The features of the firings, token by token; ascending within a token, each once.</param>
    /// <param name="activations">Their activations, as many.</param>
    /// <param name="tokens">The ids of the tokens; empty when they are not known.</param>
    /// <exception cref="ArgumentException">The numbers do not fit one another.</exception>
    void AppendDocument(
        long document, ReadOnlySpan<int> tokenStarts, ReadOnlySpan<int> features, ReadOnlySpan<float> activations, ReadOnlySpan<int> tokens = default);
}
