using MicroCreds.Ledger.Gateway.Agreeing;

namespace MicroCreds.Ledger.Gateway.Desk.Recognizing;

/// <summary>What an institution makes of a learner's file, to be printed and kept.</summary>
public sealed record RecognitionDecision
{
    /// <summary>Who decides, by its MSP.</summary>
    public required string Institution { get; init; }

    /// <summary>What it is called.</summary>
    public required string InstitutionName { get; init; }

    /// <summary>The person who asked.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>The different names on the credentials that stand; one, unless the file is several learners'.</summary>
    public required IReadOnlyList<string> Learners { get; init; }

    /// <summary>The decision for each credential, as the API tells it.</summary>
    public required RecognitionReport Report { get; init; }
}
