using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Applying;

/// <summary>
/// Takes what learners ask for: the award of a pathway of this institution that their credentials complete. Only what
/// counts is kept, until somebody at the desk decides. Thread-safe.
/// </summary>
public sealed class AwardAsking(
    Awarding awarding, AwardApplications applications, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The most that is kept of what a learner brought, in bytes.</summary>
    public const int MaxKeptBytes = 1024 * 1024;

    /// <summary>Whether an award of a pathway can be asked for here.</summary>
    public bool Takes(Pathway pathway)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        return pathway.MspId == options.MspId && pathway.RetiredAt is null
            && options.Learners.Allows(LearnerChannels.Awards);
    }

    /// <summary>What leads to an application, for the device that made it.</summary>
    public static string SecretOf(string device, Guid application) =>
        LearnerSecret.Derive(device, $"application:{application}");

    /// <summary>Asks for an award.</summary>
    /// <param name="pathway">The pathway.</param>
    /// <param name="credentials">What the learner brings.</param>
    /// <param name="email">Where the award is to be sent. Default is nowhere.</param>
    /// <param name="language">In which language, BCP 47. Default is the institution's.</param>
    /// <param name="device">The secret of the learner's device. Default is none.</param>
    /// <param name="cancellationToken">Cancels the verifying.</param>
    /// <exception cref="ProblemException">The ledger is out of reach, or the set is beyond its bounds.</exception>
    public async Task<AskedAward> AskAsync(
        Pathway pathway, IReadOnlyList<JsonElement> credentials, string? email, string? language, string? device,
        CancellationToken cancellationToken)
    {
        if (!Takes(pathway)) return new AskedAward(AskingFault.NotHere);
        var recipient = new Recipient { Name = "-", Email = email, Language = language };
        if (CredentialBuilder.ValidateRecipient(recipient) is [var fault, ..])
        {
            return new AskedAward(fault.Path.EndsWith("language", StringComparison.Ordinal)
                ? AskingFault.Language : AskingFault.Email);
        }

        var examined = await awarding.ExamineAsync(pathway, credentials, cancellationToken);
        if (!examined.Evaluation.Complete)
            return new AskedAward(AskingFault.Incomplete) { Detail = examined.Told };

        var names = examined.Parts.Select(part => part.Verdict.Credential!.Recipient)
            .Distinct(LearnerName.Comparer).ToList();
        if (names is not [{ Length: > 0 } learner])
            return new AskedAward(names.Any(string.IsNullOrEmpty) ? AskingFault.Withheld : AskingFault.Several);

        var ids = examined.Parts.Select(part => part.Counted.CredentialId).ToList();
        byte[] kept = JsonSerializer.SerializeToUtf8Bytes(examined.Places.Select(place => credentials[place]));
        if (kept.Length > MaxKeptBytes) return new AskedAward(AskingFault.TooLarge);

        var id = Guid.NewGuid();
        string secret = device is null ? LearnerSecret.Draw() : SecretOf(device, id);
        var application = new AwardApplication
        {
            Id = id,
            Pathway = pathway.Id,
            Version = pathway.Version,
            Learner = learner.Trim(),
            MailTo = email is null ? null : new MailTo(email, language),
            State = AwardApplicationState.Waiting,
            CreatedAt = time.GetUtcNow(),
        };
        return await applications.AddAsync(application, secret, device, ids, kept)
            ? new AskedAward(application, secret)
            : new AskedAward(AskingFault.Asked);
    }
}

/// <summary>What became of a learner's asking.</summary>
/// <param name="Application">What is kept of it; none if nothing is.</param>
/// <param name="Secret">What leads the learner to it.</param>
public sealed record AskedAward(AwardApplication? Application, string Secret)
{
    /// <summary>Nothing is kept.</summary>
    public AskedAward(AskingFault fault)
        : this(Application: null, Secret: "") => Fault = fault;

    /// <summary>Why nothing is.</summary>
    public AskingFault? Fault { get; }

    /// <summary>What is missing, where something is.</summary>
    public string? Detail { get; init; }
}

/// <summary>Why an award cannot be asked for.</summary>
public enum AskingFault
{
    /// <summary>The pathway is another institution's, or retired, or nobody takes applications here.</summary>
    NotHere,

    /// <summary>The address is none that mails are sent to.</summary>
    Email,

    /// <summary>The language is none.</summary>
    Language,

    /// <summary>The credentials do not complete the pathway.</summary>
    Incomplete,

    /// <summary>They are for more than one person.</summary>
    Several,

    /// <summary>One of them withholds its learner's name.</summary>
    Withheld,

    /// <summary>What counts of them is larger than what is kept.</summary>
    TooLarge,

    /// <summary>The same credentials, or the same person, led to this award before.</summary>
    Given,

    /// <summary>One of them stands in an application for this pathway that is open.</summary>
    Asked,
}
