using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Parses the payload of a token.</summary>
internal static class TokenPayload
{
    /// <param name="payload">The payload.</param>
    /// <param name="faults">What notes every fault.</param>
    /// <param name="canonical">The payload, if it is canonical as it stands.</param>
    /// <exception cref="CredentialFormatException">It is no JSON object: there is nothing more to be read.</exception>
    public static JsonDocument Parse(byte[] payload, FaultCollector faults, out ReadOnlyMemory<byte> canonical)
    {
        try
        {
            var document = StrictJson.Parse(payload, out bool isCanonical);
            canonical = isCanonical ? payload : default;
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            faults.Add(CompactJws.PayloadPath, "It must be a JSON object.");
        }
        catch (StrictJsonException e)
        {
            faults.Add(CompactJws.PayloadPath, e.Message);
        }

        throw new CredentialFormatException(faults.Faults);
    }
}
