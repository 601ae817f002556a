using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Directions as they are typed: the name of a saved one, or an expression over saved ones and rows at length 1.</summary>
internal static class NamedDirections
{
    /// <summary>The direction of length 1, in the space of the rows.</summary>
    public static (string Name, double[] Vector) Parse(VectorStore store, Snapshot snapshot, string typed)
    {
        if (store.HasDirection(snapshot.Collection, typed)) return (typed, store.LoadDirection(snapshot.Collection, typed).Vector);
        VectorExpression expression = VectorExpression.Parse(typed);
        foreach (string key in expression.Keys)
        {
            bool isRow = snapshot.Schema.KeyKind == KeyKind.String ? snapshot.Contains(key) : long.TryParse(key, out long number) && snapshot.Contains(number);
            if (isRow || store.HasDirection(snapshot.Collection, key)) continue;
            string[] known = [.. store.ListDirections(snapshot.Collection).Select(direction => direction.Name)];
            string there = known.Length == 0 ? "none was saved" : $"there are {string.Join(", ", known)}";
            throw new MistakeException($"There is no direction and no key \"{key}\" in {snapshot.Collection}; of directions {there}.");
        }

        var resolver = new DirectionResolver(store, snapshot.Collection, new RowResolver(snapshot.Rows(), unitLength: true));
        double[] vector = [.. expression.Evaluate(resolver).Select(x => (double)x)];
        double length = Math.Sqrt(vector.Sum(x => x * x));
        if (length < 1e-12) throw new MistakeException($"\"{typed}\" is the zero vector: it has no direction.");
        return (expression.ToString()!, [.. vector.Select(x => x / length)]);
    }
}
