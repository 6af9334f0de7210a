using System.Collections.Frozen;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Reads records in the forms that this gateway knows. A form that it does not know (a newer contract's, or what no
/// contract of ours would write) is an answer, never a failure.
/// </summary>
internal static class RecordForms
{
    /// <summary>The largest record that is read: far above what the contract's bounds allow.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly FrozenDictionary<string, Func<byte[], Form>> Kinds =
        new Dictionary<string, Func<byte[], Form>>
        {
            [RecordKey.InstitutionType] = Of<Institution>(one => RecordKey.Institution(one.MspId)),
            [RecordKey.AchievementType] =
                Of<Achievement>(one => RecordKey.Achievement(one.MspId, one.Id, one.Version)),
            [RecordKey.OfferingType] = Of<Offering>(one => RecordKey.Offering(one.MspId, one.Achievement)),
            [RecordKey.PathwayType] = Of<Pathway>(one => RecordKey.Pathway(one.MspId, one.Id, one.Version)),
            [RecordKey.IssuanceType] = Of<Issuance>(KeyOf),
            [RecordKey.StatusType] = Of<Status>(one =>
                RecordKey.Status(one.Statement.MspId, one.Statement.Root, one.Statement.Index)),
            [RecordKey.FoundingType] = Of<Founding>(_ => RecordKey.Founding()),
            [RecordKey.MembersType] = Of<Members>(_ => RecordKey.Members()),
            [RecordKey.ConsortiumType] = Of<Consortium>(_ => RecordKey.Consortium()),
            [RecordKey.BallotType] = Of<Ballot>(one => RecordKey.Ballot(one.Statement.Id)),
            [RecordKey.AccreditationType] = Of<Accreditation>(KeyOf),
            [RecordKey.AgreementType] = Of<AgreementPart>(KeyOf),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads what was written under a key.</summary>
    public static RecordReading Read(string key, byte[] value)
    {
        if (!Kinds.TryGetValue(KindOf(key), out var read)) return default;
        if (value.Length > MaxBytes) return new(null, $"It has {value.Length} bytes.");
        try
        {
            if (HoldsNull(value)) return new(null, "It holds null, which no record does.");
            var (record, own) = read(value);
            return own is not null && CompositeKey.Create(own.ObjectType, own.Attributes) == key
                ? new(record, null)
                : new(null, "It is not the record that belongs under this key.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever stands there, it must not stop the reading of what comes behind it.
            return new(null, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <summary>Names the kind of record that a key is for; empty if it is none of ours.</summary>
    public static string KindOf(string key)
    {
        if (!CompositeKey.IsComposite(key)) return "";
        int end = key.IndexOf('\0', 1);
        return end < 0 ? "" : key[1..end];
    }

    private static Func<byte[], Form> Of<T>(Func<T, RecordKey?> keyOf)
        where T : class => json =>
    {
        var record = JsonSerializer.Deserialize<T>(json, LedgerJson.Options)!;
        return new Form(record, keyOf(record));
    };

    private static RecordKey? KeyOf(Issuance issuance)
    {
        var statement = issuance.Statement;
        return statement is { Size: > 0 and <= Limits.MaxIssuanceSize, Achievements.Count: > 0 }
            ? RecordKey.Issuance(statement.MspId, statement.Root)
            : null;
    }

    private static RecordKey? KeyOf(Accreditation accreditation) => accreditation.Changes.Count > 0
        ? RecordKey.Accreditation(accreditation.MspId, accreditation.Accreditor, accreditation.Id)
        : null;

    private static RecordKey? KeyOf(AgreementPart part) => part switch
    {
        { Proposal.Statement: var said, Acceptance: null, Notice: null } =>
            RecordKey.AgreementProposal(said.Id, said.Version),
        { Proposal: null, Acceptance.Statement: var said, Notice: null } =>
            RecordKey.AgreementAcceptance(said.Agreement, said.Version, said.MspId),
        { Proposal: null, Acceptance: null, Notice.Statement: var said } =>
            RecordKey.AgreementNotice(said.Agreement, said.MspId),
        _ => null,
    };

    /// <summary>In lists, too, which the serializer does not look into.</summary>
    private static bool HoldsNull(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.MaxJsonDepth });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null) return true;
        }

        return false;
    }

    private sealed record Form(object Record, RecordKey? Key);
}

/// <summary>What reading a record gave: the record, or the fault; neither for a kind that is not known.</summary>
/// <param name="Record">The record.</param>
/// <param name="Fault">Why it cannot be read.</param>
internal readonly record struct RecordReading(object? Record, string? Fault);

/// <summary>How records are read. A test puts another gateway's knowledge in its place.</summary>
/// <param name="key">The key.</param>
/// <param name="value">What was written under it.</param>
internal delegate RecordReading RecordReader(string key, byte[] value);
