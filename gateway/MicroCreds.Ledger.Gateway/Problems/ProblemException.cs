using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Problems;

/// <summary>Ends a request with a problem.</summary>
/// <param name="kind">The kind of problem.</param>
/// <param name="detail">What happened this time, and how to mend it. Holds no personal data.</param>
/// <param name="faults">The faults of the request, if it has some.</param>
public sealed class ProblemException(ProblemKind kind, string detail, IReadOnlyList<FieldFault>? faults = null)
    : Exception(detail)
{
    public ProblemKind Kind { get; } = kind;

    public IReadOnlyList<FieldFault> Faults { get; } = faults ?? [];

    /// <summary>After how long the request may be sent again; none if that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What is said of it to a request of a method.</summary>
    public string DetailFor(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? DetailOfReading : Message;

    /// <summary>The same for who only read, whom nobody needs to tell that nothing was changed.</summary>
    internal string DetailOfReading { get; init; } = detail;

    /// <summary>A body that is not strict JSON, or does not have the members it should.</summary>
    public static ProblemException NotStrict(StrictJsonException fault) => new(
        ProblemKind.InvalidJson, $"{fault.Message} Nothing was changed.", [new FieldFault(fault.Path, fault.Reason)]);

    /// <summary>A request with one fault.</summary>
    public static ProblemException Invalid(string place, string reason) => Invalid([new FieldFault(place, reason)]);

    /// <summary>A request with several faults.</summary>
    public static ProblemException Invalid(IReadOnlyList<FieldFault> faults)
    {
        var first = faults[0];
        string row = first.Row is { } number ? $"row {number}, " : "";

        // Reasons of the ledger's own rules name the place themselves.
        string where = first.Place.Length == 0 ? "the body: "
            : first.Reason.StartsWith(first.Place + ' ', StringComparison.Ordinal) ? "" : $"{first.Place}: ";
        string others = faults.Count == 1 ? "" : $" ({faults.Count - 1} more below)";
        string detail = $"{row}{where}{first.Reason}{others}";
        return new(ProblemKind.InvalidRequest, $"{detail} Nothing was changed.", faults) { DetailOfReading = detail };
    }
}
