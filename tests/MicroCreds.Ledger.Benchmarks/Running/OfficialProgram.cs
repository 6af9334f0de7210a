using MicroCreds.Ledger.Benchmarks.Reporting;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>A program made of an official library that does the same as ours.</summary>
/// <param name="Name">What it is called in the rows.</param>
/// <param name="Program">What is started.</param>
/// <param name="Arguments">With which arguments.</param>
internal sealed record OfficialProgram(string Name, string Program, params string[] Arguments)
{
    /// <summary>The most of its processor time that ours should take. Default is none: it is only told.</summary>
    public double? CpuRatio { get; init; }

    /// <summary>The least of its calls a second that ours should reach.</summary>
    public required double RateRatio { get; init; }

    public Target? CpuTarget => CpuRatio is { } ratio ? Target.AtMost(ratio) : null;

    public Target RateTarget => Target.AtLeast(RateRatio);
}
