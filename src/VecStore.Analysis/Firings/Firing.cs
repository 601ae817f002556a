namespace VecStore.Analysis;

/// <summary>One activation of a feature on a token.</summary>
/// <param name="Document">The document, by its place in the store of firings: 0 is the first.</param>
/// <param name="Position">The token's place in its document, 0-based.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Activation">How strongly, as stored.</param>
public readonly record struct Firing(int Document, int Position, int Feature, float Activation);
