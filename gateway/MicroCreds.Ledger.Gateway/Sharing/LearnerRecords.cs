using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// Puts several credentials of one learner together as one file that other systems take: a CLR, or an ELMO file. Only
/// what is in force goes in. Thread-safe.
/// </summary>
public sealed class LearnerRecords(
    DocumentStore documents, FormSigner signer, IssuerKeys keys, LedgerProjection projection, LedgerIdentity identity,
    OwnStandings standings, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>A Comprehensive Learner Record.</summary>
    public const string Clr = "clr";

    /// <summary>An EMREX ELMO file.</summary>
    public const string Elmo = "elmo";

    private const string Urn = "urn:";

    /// <summary>What there is.</summary>
    public static readonly IReadOnlyList<string> Forms = [Clr, Elmo];

    /// <summary>The most credentials of one file: as many as are verified at once.</summary>
    public const int MaxCredentials = Credentials.Foreign.ReceivedVerifier.MaxCredentials;

    /// <summary>Gives a credential to be put into a record.</summary>
    /// <param name="credential">The UUID of its identifier.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <returns>Null if it is not kept here, or not in force.</returns>
    public async Task<CredentialAward?> FindAsync(Guid credential, CancellationToken cancellationToken)
    {
        if (documents.Find(credential) is not { State: IssuanceState.Issued } found) return null;
        var award = CredentialAward.Of(await signer.GiveAsync(found.Document, cancellationToken));
        return standings.Of(found, award.Content) == CredentialState.InForce ? award : null;
    }

    /// <summary>
    /// Tells whether all are for one person, as far as names and identifiers tell: two of one name with different
    /// <c>urn:</c>s of one kind, such as European Student Identifiers, are two. By an address, or the DID of a wallet,
    /// nobody is told apart: one has several.
    /// </summary>
    public static bool AreOfOne(IReadOnlyList<CredentialAward> awards) =>
        awards.Select(one => one.Content.Learner).Distinct(LearnerName.Comparer).Count() <= 1
        && awards.Select(one => one.Content.LearnerId).OfType<string>()
            .Where(id => id.StartsWith(Urn, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .GroupBy(id => id[..id.LastIndexOf(':')], StringComparer.OrdinalIgnoreCase)
            .All(ofKind => ofKind.Count() == 1);

    /// <summary>Makes a file.</summary>
    /// <param name="awards">What goes in, at least one, all of one person.</param>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    /// <param name="text">The language.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="ProblemException">No key is in force that could sign it.</exception>
    public async Task<LearnerFile> MakeAsync(
        IReadOnlyList<CredentialAward> awards, string form, PageText text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(awards);
        ArgumentNullException.ThrowIfNull(text);
        string learner = awards[0].Content.Learner ?? "";
        string name = LearnerFiles.NameOf(text["learner.record.title"], learner);
        return form == Elmo
            ? new LearnerFile($"{name}.elmo.xml", "application/xml", ElmoWriter.Write(awards, time.GetUtcNow()))
            : new LearnerFile(
                $"{name}.clr.json", "application/vc",
                await SignAsync(awards, text.Fill("learner.record.name", ("name", learner)), cancellationToken));
    }

    private ValueTask<byte[]> SignAsync(
        IReadOnlyList<CredentialAward> awards, string name, CancellationToken cancellationToken)
    {
        identity.RequireConfirmed();
        var own = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindActive(own)
            ?? throw new ProblemException(
                ProblemKind.NotReady, "No key of this gateway is in force on the ledger, so it cannot sign.");
        return new LearnerRecord
        {
            Id = Guid.NewGuid(),
            Name = name,
            Publisher = own!,
            LearnerName = awards[0].Content.Learner ?? "",
            LearnerId = awards.Select(one => one.Content.LearnerId).Distinct().ToList() is [{ } id] ? id : null,
            Credentials = [.. awards.Select(one => one.Document)],
            MadeAt = time.GetUtcNow(),
        }.SignAsync(key.Signer, registered.Id, cancellationToken);
    }
}
