using System.Text.Json.Serialization;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>What a batch would lead to, row by row. Rows count from 1.</summary>
public sealed record BatchPreview
{
    /// <summary>How many rows there are.</summary>
    public required int Rows { get; init; }

    /// <summary>How many of them would be issued.</summary>
    public required int Ready { get; init; }

    /// <summary>The rows that something is wrong with: each fault of each row.</summary>
    public required IReadOnlyList<FaultyRow> Faulty { get; init; }

    /// <summary>The rows that name somebody who may have the award: they ask for a decision.</summary>
    public required IReadOnlyList<UndecidedRow> PossibleDuplicates { get; init; }

    /// <summary>The rows that an earlier one has already.</summary>
    public required IReadOnlyList<RepeatedRow> Duplicates { get; init; }

    /// <summary>The rows whose person has the award already.</summary>
    public required IReadOnlyList<IssuedRow> AlreadyIssued { get; init; }

    /// <summary>The numbers of the rows that would be issued.</summary>
    internal IReadOnlySet<int> ReadyRows { get; init; } = new HashSet<int>();

    internal static BatchPreview Of(BatchRows rows, BatchAdmission admission) => new()
    {
        Rows = rows.Count,
        Ready = admission.Admitted.Count,
        ReadyRows = admission.Admitted.Select(row => row.Row).ToHashSet(),
        Faulty =
        [
            .. rows.Faults.GroupBy(fault => fault.Row!.Value)
                .Select(row => new FaultyRow(row.Key, [.. row.Select(fault => InRow(fault))])),
        ],
        PossibleDuplicates =
            [.. admission.Undecided.Select(fault => new UndecidedRow(fault.Row!.Value, fault.Reason))],
        Duplicates =
        [
            .. admission.LeftOut.Where(row => row.SameAsRow is not null)
                .Select(row => new RepeatedRow(row.Row, row.SameAsRow!.Value)),
        ],
        AlreadyIssued =
        [
            .. admission.LeftOut.Where(row => row.SameAsRow is null)
                .Select(row => new IssuedRow(row.Row, row.Credential)),
        ],
    };

    /// <summary>A fault's place begins with its row, which is said beside it.</summary>
    private static Fault InRow(FieldFault fault)
    {
        int slash = fault.Place.IndexOf('/', 1);
        return new Fault(slash < 0 ? "" : fault.Place[slash..], fault.Reason);
    }

    /// <summary>Something that is wrong.</summary>
    /// <param name="Place">Where: a JSON pointer into the row.</param>
    /// <param name="Reason">What is wrong, and how to mend it.</param>
    public sealed record Fault([property: JsonPropertyName("pointer")] string Place, string Reason);

    /// <summary>A row that something is wrong with.</summary>
    /// <param name="Row">Its number.</param>
    /// <param name="Errors">Its faults.</param>
    public sealed record FaultyRow(int Row, IReadOnlyList<Fault> Errors);

    /// <summary>A row that asks for a decision.</summary>
    /// <param name="Row">Its number.</param>
    /// <param name="Reason">Whom it may name.</param>
    public sealed record UndecidedRow(int Row, string Reason);

    /// <summary>A row that an earlier one has already.</summary>
    /// <param name="Row">Its number.</param>
    /// <param name="SameAsRow">The earlier one's.</param>
    public sealed record RepeatedRow(int Row, int SameAsRow);

    /// <summary>A row whose person has the award already.</summary>
    /// <param name="Row">Its number.</param>
    /// <param name="Credential">The credential; none while its batch is being issued.</param>
    public sealed record IssuedRow(int Row, string? Credential);
}
