using System.Buffers;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Sorts a batch's rows by the rule that lone credentials go by: what is new is issued, what the same person has
/// already (also by an earlier row) is left out and told, and a namesake asks for a decision before anything is done.
/// </summary>
internal sealed class BatchAdmission
{
    private readonly List<RowLeftOut> _leftOut = [];
    private readonly List<FieldFault> _undecided = [];
    private readonly Dictionary<ulong, int> _people = [];
    private readonly Dictionary<ulong, (int Row, int Kinds)> _names = [];

    /// <summary>Those of a name beyond the first.</summary>
    private readonly Dictionary<ulong, List<(int Row, int Kinds)>> _namesakes = [];

    private BatchAdmission()
    {
    }

    /// <summary>The rows that are issued.</summary>
    public List<AwardedRow> Admitted { get; } = [];

    /// <summary>The rows that are left out, and why.</summary>
    public IReadOnlyList<RowLeftOut> LeftOut => _leftOut;

    /// <summary>The rows that ask for a decision, since they may name somebody who has the award.</summary>
    public IReadOnlyList<FieldFault> Undecided => _undecided;

    /// <summary>Sorts rows.</summary>
    /// <exception cref="ProblemException">Namesakes ask for a decision; each is named.</exception>
    public static BatchAdmission Of(IReadOnlyList<AwardedRow> rows, AwardIndex index, Func<FoundAward, bool> stands)
    {
        var admission = Sort(rows, index, stands);
        return admission._undecided.Count == 0
            ? admission
            : throw new ProblemException(
                ProblemKind.PossibleDuplicate,
                "Rows name people who may have this award already. Give each recipient's email, studentNumber or id if "
                + "they are other people; put \"duplicates\": \"allow\" into a row to issue it all the same; leave the "
                + "row out if it is the same person. Nothing was changed.",
                [.. admission._undecided.Take(ProblemResponse.MaxFaults)]);
    }

    /// <summary>Sorts rows, and leaves what has to be decided to whoever asks.</summary>
    public static BatchAdmission Sort(
        IReadOnlyList<AwardedRow> rows, AwardIndex index, Func<FoundAward, bool> stands)
    {
        var admission = new BatchAdmission();
        foreach (var row in rows)
        {
            if (row.AllowsDuplicates || !admission.IsHeldBack(row, index, stands))
                admission.Admit(row);
        }

        return admission;
    }

    /// <summary>What of it is stored.</summary>
    /// <param name="canonical">The canonical rows, one a line.</param>
    public AdmittedRows ToStore(ReadOnlyMemory<byte> canonical) =>
        new([.. Admitted.Select(row => row.Row)], [.. Admitted.Select(row => row.Keys)], LinesOf(canonical), LeftOut);

    /// <summary>The lines of the rows that are issued.</summary>
    private byte[] LinesOf(ReadOnlyMemory<byte> canonical)
    {
        if (_leftOut.Count == 0) return canonical.ToArray();

        var lines = BatchRows.Split(canonical);
        var kept = new ArrayBufferWriter<byte>(canonical.Length);
        foreach (var row in Admitted)
        {
            kept.Write(lines[row.Row - 1].Span);
            kept.Write("\n"u8);
        }

        return kept.WrittenSpan.ToArray();
    }

    private bool IsHeldBack(AwardedRow row, AwardIndex index, Func<FoundAward, bool> stands)
    {
        foreach (ulong identity in row.Keys.Identities)
        {
            if (_people.TryGetValue(identity, out int earlier))
            {
                _leftOut.Add(new RowLeftOut(row.Row, "duplicate", SameAsRow: earlier));
                return true;
            }
        }

        if (NamesakeOf(row.Keys) is { } namesake)
            return Ask(row, $"may be who row {namesake} names.");
        if (index.Find(row.Keys, stands) is not { } found)
            return false;
        if (!found.IsSamePerson)
            return Ask(row, $"may be who has {StandingAwards.Name(found)}.");
        _leftOut.Add(new RowLeftOut(
            row.Row, "alreadyIssued", found.Id is { } id ? $"urn:uuid:{id}" : null));
        return true;
    }

    private bool Ask(AwardedRow row, string reason)
    {
        _undecided.Add(new FieldFault($"/{row.Row - 1}/recipient", reason, row.Row));
        return true;
    }

    private void Admit(AwardedRow row)
    {
        Admitted.Add(row);
        foreach (ulong identity in row.Keys.Identities)
            _people.TryAdd(identity, row.Row);
        if (_names.TryAdd(row.Keys.Name, (row.Row, row.Keys.Kinds))) return;
        if (!_namesakes.TryGetValue(row.Keys.Name, out var namesakes)) _namesakes[row.Keys.Name] = namesakes = [];
        namesakes.Add((row.Row, row.Keys.Kinds));
    }

    /// <summary>The first row that may name the same person; none if each is surely another's.</summary>
    private int? NamesakeOf(AwardKeys keys)
    {
        if (!_names.TryGetValue(keys.Name, out var first)) return null;
        if (!keys.TellsApartFrom(first.Kinds)) return first.Row;
        if (!_namesakes.TryGetValue(keys.Name, out var others)) return null;
        foreach (var (row, kinds) in others)
        {
            if (!keys.TellsApartFrom(kinds)) return row;
        }

        return null;
    }
}

/// <summary>A row of a batch and what it awards.</summary>
/// <param name="Row">Its number, from 1.</param>
/// <param name="Keys">What it awards to whom.</param>
/// <param name="AllowsDuplicates">Whether it is issued although the person has it already.</param>
public sealed record AwardedRow(int Row, AwardKeys Keys, bool AllowsDuplicates);
