using System.Globalization;
using System.Text.RegularExpressions;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client;

/// <summary>The error that a chaincode itself returned, as opposed to one of the network around it.</summary>
/// <param name="Status">The chaincode's status: 400 or more, or less than 200.</param>
/// <param name="Message">The chaincode's message; it may be empty.</param>
/// <remarks>
/// Peers pass a chaincode's error on only as the text "chaincode response STATUS, MESSAGE" of a detail: this is that
/// text, parsed. Thread-safe.
/// </remarks>
public sealed partial record ChaincodeAnswer(int Status, string Message)
{
    /// <summary>Returns the first chaincode error among the details, or null when there is none.</summary>
    public static ChaincodeAnswer? Find(IEnumerable<ErrorDetail> details)
    {
        ArgumentNullException.ThrowIfNull(details);
        foreach (var detail in details)
        {
            var match = Pattern().Match(detail.Message);
            if (match.Success
                && int.TryParse(
                    match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int status))
            {
                return new ChaincodeAnswer(status, match.Groups[2].Value);
            }
        }

        return null;
    }

    /// <summary>Returns the answer on one line: status and message, controls escaped.</summary>
    public override string ToString() => ForeignText.OnOneLine($"{Status}: {Message}");

    [GeneratedRegex(@"\bchaincode response (\d{1,9}), (.*)\z", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
