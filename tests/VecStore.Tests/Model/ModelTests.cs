namespace VecStore.Tests.Model;

/// <summary>Thousands of random operations against a dictionary and brute force, over both kinds of key, all element types and all metrics.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("VECSTORE_LONG") == "1";

    [Fact]
    public void Random_operations_agree_with_the_model()
    {
        int operations = 0;
        int first = int.TryParse(Environment.GetEnvironmentVariable("VECSTORE_SEED"), out int given) ? given : 1;
        int rounds = Long ? 20 : 1;
        for (int seed = first; seed < first + rounds; seed++)
        {
            foreach (KeyKind keys in Enum.GetValues<KeyKind>())
                foreach (ElementType elements in Enum.GetValues<ElementType>())
                    foreach (Metric metric in Enum.GetValues<Metric>())
                    {
                        using var run = new ModelRun(keys, elements, metric, (seed * 100) + ((int)elements * 10) + (int)metric);
                        try
                        {
                            for (int i = 0; i < 250; i++) run.Next();
                        }
                        catch (Exception failure)
                        {
                            throw new InvalidOperationException($"VECSTORE_SEED={seed}, {keys}, {elements}, {metric}, operation {run.Operations}: {failure.Message}", failure);
                        }

                        operations += run.Operations;
                    }
        }

        output.WriteLine($"{operations} operations");
    }
}
