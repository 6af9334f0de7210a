namespace MicroCreds.Ledger.Benchmarks.Reporting;

/// <summary>What a measure is held against.</summary>
/// <param name="Value">The bound, in the row's unit.</param>
/// <param name="IsUpper">Whether less is better.</param>
internal sealed record Target(double Value, bool IsUpper)
{
    public static Target AtMost(double value) => new(value, IsUpper: true);

    public static Target AtLeast(double value) => new(value, IsUpper: false);

    public string Sign => IsUpper ? "≤" : "≥";

    public bool IsMet(double measured) => IsUpper ? measured <= Value : measured >= Value;
}

/// <summary>One line of the table.</summary>
internal sealed record Row
{
    public required string Name { get; init; }

    /// <summary>The unit of the values; empty for a ratio.</summary>
    public string Unit { get; init; } = "";

    /// <summary>One value a round. None: it could not be taken, and <see cref="Note"/> says why.</summary>
    public IReadOnlyList<double> Rounds { get; init; } = [];

    /// <summary>Default is none: the row is for information.</summary>
    public Target? Target { get; init; }

    public string? Note { get; init; }

    public double? Median => Rounds.Count == 0 ? null : MedianOf(Rounds);

    public double? Min => Rounds.Count == 0 ? null : Rounds.Min();

    public double? Max => Rounds.Count == 0 ? null : Rounds.Max();

    public bool? IsMet => Target is null || Median is null ? null : Target.IsMet(Median.Value);

    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
