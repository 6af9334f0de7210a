using MimeKit;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>Reads what mail servers send back (RFC 3464).</summary>
/// <param name="Credential">The credential that the mail was about.</param>
/// <param name="Number">The mail's number.</param>
/// <param name="Fault">What the server said.</param>
public sealed record Bounce(Guid Credential, int Number, string Fault)
{
    private const int MaxFaultLength = 500;

    /// <summary>Reads a notification; null if it is none, or of a mail that was not sent from here.</summary>
    public static Bounce? Of(byte[] message)
    {
        try
        {
            using var stream = new MemoryStream(message, writable: false);
            using var read = MimeMessage.Load(stream);
            var parts = new MimeIterator(read);
            MessageDeliveryStatus? status = null;
            string? name = null;
            while (parts.MoveNext())
            {
                status ??= parts.Current as MessageDeliveryStatus;
                name ??= parts.Current switch
                {
                    MessagePart whole => whole.Message?.Headers[MailComposer.DeliveryHeader],
                    TextPart { ContentType.MimeType: "text/rfc822-headers" } headers => HeaderOf(headers),
                    _ => null,
                };
            }

            return status is not null && MailComposer.Parse(name) is var (credential, number)
                ? new Bounce(credential, number, FaultOf(status)) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? HeaderOf(TextPart headers)
    {
        using var content = new MemoryStream();
        headers.Content?.DecodeTo(content);
        content.Position = 0;
        return HeaderList.Load(content)[MailComposer.DeliveryHeader];
    }

    private static string FaultOf(MessageDeliveryStatus status)
    {
        var groups = status.StatusGroups;
        string said = string.Join(' ', groups.SelectMany(group => group)
            .Where(header => header.Field is "Status" or "Diagnostic-Code").Select(header => header.Value.Trim()));
        return said.Length <= MaxFaultLength ? said : said[..MaxFaultLength];
    }
}
