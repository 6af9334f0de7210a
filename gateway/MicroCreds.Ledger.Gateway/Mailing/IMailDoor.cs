using MimeKit;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>Where mails leave.</summary>
public interface IMailDoor
{
    /// <summary>Hands a mail over.</summary>
    /// <exception cref="MailRefusedException">It is not taken; the next one may be.</exception>
    /// <exception cref="MailServerException">The server is out of reach, or takes nothing at all.</exception>
    Task SendAsync(MimeMessage message, CancellationToken cancellationToken);

    /// <summary>Says that there is nothing more for now.</summary>
    Task RestAsync();
}

/// <summary>A mail that a server does not take.</summary>
/// <param name="message">What the server said.</param>
/// <param name="isFinal">Whether asking again is of no use.</param>
public sealed class MailRefusedException(string message, bool isFinal) : Exception(message)
{
    /// <summary>Whether asking again is of no use.</summary>
    public bool IsFinal => isFinal;
}

/// <summary>A mail server that is out of reach, or takes no mails from here.</summary>
public sealed class MailServerException(string message, Exception inner) : Exception(message, inner);
