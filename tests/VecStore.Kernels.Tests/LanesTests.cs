using System.Diagnostics;

namespace VecStore.Kernels.Tests;

/// <summary>The environment variable, in processes of their own: the choice is made once.</summary>
public sealed class LanesTests
{
    private const string Probe = "VECSTORE_KERNELS_TESTS_PROBE";

    public static TheoryData<LaneWidth> Available => [.. Lanes.Available()];

    [Theory]
    [MemberData(nameof(Available))]
    public void A_width_that_the_processor_has_is_obeyed(LaneWidth width)
    {
        (int code, string output) = Run(width == LaneWidth.Scalar ? "scalar" : $"{(int)width}");
        Assert.Equal(0, code);
        Assert.Contains($"width {width}, dot 32", output);
    }

    [Fact]
    public void Nothing_said_takes_the_widest()
    {
        (_, string output) = Run("");
        Assert.Contains($"width {Lanes.Available()[0]}, dot 32", output);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("AVX2")]
    [InlineData("1024")]
    public void An_unknown_width_is_refused_with_what_is_allowed(string value)
    {
        (int code, string output) = Run(value);
        Assert.Equal(3, code);
        Assert.Contains($"VECSTORE_LANES={value}: allowed on this processor: scalar, ", output);
    }

    [Fact]
    public void A_width_that_the_processor_lacks_is_refused()
    {
        Assert.SkipWhen(Lanes.IsAccelerated(LaneWidth.Bits512), "this processor has every width");
        (int code, string output) = Run("512");
        Assert.Equal(3, code);
        Assert.Contains("VECSTORE_LANES=512: allowed on this processor: scalar, 128", output);
    }

    /// <summary>What the child process does, when this test assembly is started with the probe variable.</summary>
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void AnswerProbe()
    {
        if (Environment.GetEnvironmentVariable(Probe) is null) return;
        try
        {
            Console.WriteLine($"width {Lanes.Width}, dot {Dot.Of<float>([1, 2, 3], [4, 5, 6])}");
            Environment.Exit(0);
        }
        catch (NotSupportedException refusal)
        {
            Console.WriteLine(refusal.Message);
            Environment.Exit(3);
        }
    }

    private static (int Code, string Output) Run(string lanes)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(LanesTests).Assembly.Location);
        start.Environment[Probe] = "1";
        start.Environment[Lanes.Variable] = lanes;
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, output);
    }
}
