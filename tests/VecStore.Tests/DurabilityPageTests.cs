using System.Text.RegularExpressions;

namespace VecStore.Tests;

public sealed class DurabilityPageTests
{
    [Fact]
    public void Every_test_that_DURABILITY_names_exists()
    {
        string page = Checkout.Read("src/VecStore.Storage/DURABILITY.md");
        MatchCollection named = Regex.Matches(page, @"`(\w+Tests)\.(\w+)`");
        Assert.True(named.Count >= 13);
        foreach (Match test in named)
        {
            Type? type = typeof(DurabilityPageTests).Assembly.GetTypes().SingleOrDefault(type => type.Name == test.Groups[1].Value);
            Assert.True(type?.GetMethod(test.Groups[2].Value) is not null, $"{test.Value} does not exist");
        }

        foreach (Match workload in Regex.Matches(page, @"""([a-z ]+)"""))
            Assert.Contains(workload.Groups[1].Value, Crash.Workloads.All.Keys);
    }
}
