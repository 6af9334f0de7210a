using System.Collections.Frozen;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>What an event must tell: one of the records that its transaction wrote, of the kind that its name says.
/// </summary>
internal static class EventRule
{
    private static readonly FrozenDictionary<string, string> Kinds = new Dictionary<string, string>
    {
        [EventNames.InstitutionChanged] = RecordKey.InstitutionType,
        [EventNames.MembersChanged] = RecordKey.MembersType,
        [EventNames.AchievementPublished] = RecordKey.AchievementType,
        [EventNames.AchievementRetired] = RecordKey.AchievementType,
        [EventNames.OfferingChanged] = RecordKey.OfferingType,
        [EventNames.PathwayPublished] = RecordKey.PathwayType,
        [EventNames.PathwayRetired] = RecordKey.PathwayType,
        [EventNames.BallotProposed] = RecordKey.BallotType,
        [EventNames.Voted] = RecordKey.BallotType,
        [EventNames.BallotDecided] = RecordKey.BallotType,
        [EventNames.AccreditationChanged] = RecordKey.AccreditationType,
        [EventNames.AgreementProposed] = RecordKey.AgreementType,
        [EventNames.AgreementAccepted] = RecordKey.AgreementType,
        [EventNames.AgreementNoticeGiven] = RecordKey.AgreementType,
        [EventNames.Issued] = RecordKey.IssuanceType,
        [EventNames.StatusChanged] = RecordKey.StatusType,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Tells whether an event tells what was written. One of a newer contract may have any kind.</summary>
    public static bool Tells(LedgerEvent raised, IReadOnlyList<LedgerWrite> writes) => writes.Any(write =>
        write.Value is { } value && value.AsSpan().SequenceEqual(raised.Payload)
        && (!Kinds.TryGetValue(raised.Name, out string? kind) || RecordForms.KindOf(write.Key) == kind));
}
