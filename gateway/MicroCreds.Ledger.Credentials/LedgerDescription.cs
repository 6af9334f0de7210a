using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// What every credential for an achievement says of it, byte for byte, as <see cref="CredentialTemplate"/> writes it
/// out of the ledger's record.
/// </summary>
/// <param name="Name">The credential's name.</param>
/// <param name="Achievement">The achievement.</param>
/// <param name="Credits">The credits earned.</param>
internal sealed record LedgerDescription(byte[] Name, byte[] Achievement, byte[] Credits)
{
    // A published achievement never changes, and the records of a projection stay the same objects.
    private static readonly ConditionalWeakTable<Achievement, ConcurrentDictionary<string, LedgerDescription>> Known =
        [];

    private static readonly ConditionalWeakTable<Institution, ConcurrentDictionary<string, IReadOnlyList<byte[]>>>
        KnownIssuers = [];

    /// <summary>Describes an achievement of an institution under one of its DIDs.</summary>
    public static LedgerDescription Of(Achievement achievement, string did) => Known.GetOrCreateValue(achievement)
        .GetOrAdd(
            did,
            static (did, achievement) => new LedgerDescription(
                CanonicalJson.Canonicalize(JsonValue.Create(achievement.Name)),
                CanonicalJson.Canonicalize(AchievementDescription.Of(achievement, did)),
                CanonicalJson.Canonicalize(JsonValue.Create(achievement.Credits))),
            achievement);

    /// <summary>
    /// Describes an institution under one of its DIDs: a profile for each identity that it was confirmed with, and the
    /// one that it has now.
    /// </summary>
    public static IReadOnlyList<byte[]> ProfilesOf(Institution institution, string did) => KnownIssuers
        .GetOrCreateValue(institution).GetOrAdd(
            did,
            static (did, institution) =>
            [
                .. institution.Identities.Select(institution.With).Prepend(institution)
                    .Where(identity => identity.Did == did)
                    .Select(identity => CanonicalJson.Canonicalize(AchievementDescription.Profile(identity))),
            ],
            institution);

    /// <summary>Tells whether both say the same.</summary>
    public bool IsSame(LedgerDescription other) => Name.AsSpan().SequenceEqual(other.Name)
        && Achievement.AsSpan().SequenceEqual(other.Achievement) && Credits.AsSpan().SequenceEqual(other.Credits);
}
