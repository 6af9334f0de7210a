using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Operations;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// Sends what learners are told, one mail after the other. What became of a mail is noted behind it, so that a crash in
/// between sends it again: a learner may get it twice, never not at all. The leading gateway does it.
/// </summary>
public sealed partial class MailSender(
    MailDeliveries deliveries, MailSubjects subjects, Claims claims, Practices practices, MailComposer composer,
    IMailDoor door, OwnName name, PublicAddress address, GatewayServiceOptions options, MissingIssuances missing,
    Leadership leadership, TimeProvider time, ILogger<MailSender> logger)
    : BackgroundService
{
    /// <summary>Where a link leads by which a credential is taken over.</summary>
    public const string ClaimAddress = "/claim/";

    private const int AtATime = 50;

    /// <summary>How long a fault may be that is kept.</summary>
    private const int MaxFaultLength = 500;

    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>How long it is waited after each attempt that a server did not take; then it has failed.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6),
        TimeSpan.FromHours(24), TimeSpan.FromHours(24),
    ];

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>What the mail server said last that took nothing at all; none if it does.</summary>
    public string? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Learners.Mails && await missing.IsKnownAsync(stoppingToken))
            await leadership.WhileLeadingAsync(SendAllAsync, stoppingToken);
    }

    private async Task SendAllAsync(CancellationToken term)
    {
        var pause = LookPause;
        while (true)
        {
            try
            {
                while (deliveries.ListDue(time.GetUtcNow(), AtATime) is { Count: > 0 } due)
                {
                    foreach (var mail in due)
                    {
                        await SendAsync(mail, term);
                        await Task.Delay(TimeSpan.FromMinutes(1) / options.Learners.PerMinute, time, term);
                    }
                }

                (Fault, pause) = (null, LookPause);
                await door.RestAsync();
            }
            catch (Exception exception) when (!term.IsCancellationRequested)
            {
                // Nothing is lost: all of it is due, still.
                Fault = exception.Message;
                LogFailed(exception, pause);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            await Task.Delay(pause, time, term);
        }
    }

    private async Task SendAsync(MailDelivery mail, CancellationToken term)
    {
        var now = time.GetUtcNow();

        // In a copy of yesterday it may be due that went out since.
        if (missing.Count > 0 && mail.CreatedAt < _startedAt)
        {
            await deliveries.NoteAsync(
                mail, now,
                "This store is an older copy: the ledger has issuances of this institution that are not in it, and "
                + "this mail may have gone out since. Send it again if the learner has not got it.");
            return;
        }

        try
        {
            if (subjects.Of(mail) is not { } about) return;
            using var message = composer.Compose(
                mail, about, name.Value, await LinkAsync(mail, now), now + options.Learners.ClaimLifetime);
            await door.SendAsync(message, term);
            await deliveries.NoteAsync(mail, now);
        }
        catch (MailRefusedException exception)
        {
            bool isOver = exception.IsFinal || mail.Attempts >= Pauses.Length;
            string fault = exception.Message.Length <= MaxFaultLength
                ? exception.Message : exception.Message[..MaxFaultLength];
            await deliveries.NoteAsync(mail, now, fault, isOver ? null : now + Pauses[mail.Attempts]);
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            // This one cannot be written, whoever tries; the others can.
            LogUnwritten(exception, mail.Credential);
            await deliveries.NoteAsync(mail, now, exception.Message);
        }
    }

    private async Task<string?> LinkAsync(MailDelivery mail, DateTimeOffset now)
    {
        var (place, secret) = mail.Kind switch
        {
            DeliveryKind.Claim =>
                (ClaimAddress, await claims.MakeAsync(mail.Credential, now, options.Learners.ClaimLifetime)),
            DeliveryKind.Practice => (PracticePages.OwnAddress, await practices.LinkAsync(mail.Credential, now)),
            _ => ("", null),
        };
        return secret is null ? null : address.Url + place + secret;
    }

    [LoggerMessage(LogLevel.Error, "Mails to learners cannot be sent for now; trying again in {Pause}")]
    private partial void LogFailed(Exception exception, TimeSpan pause);

    [LoggerMessage(LogLevel.Error, "The mail about {Credential} cannot be written")]
    private partial void LogUnwritten(Exception exception, Guid credential);
}
