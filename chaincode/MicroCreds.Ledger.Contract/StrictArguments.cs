using System.Globalization;
using System.Text;
using System.Text.Unicode;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Reads every argument strictly before the contract does, so that what could be read in two ways (a duplicate name, a
/// lone surrogate, a number that is rounded) never gets that far, and the refusal names the place.
/// </summary>
internal sealed class StrictArguments(IChaincode contract, ArgumentTypes types) : IChaincode
{
    public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stub);
        if (stub.Arguments.Count > 0)
        {
            string name = Encoding.UTF8.GetString(stub.Arguments[0].Span);
            var parameters = types.Of(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name);
            for (int i = 0; i < Math.Min(parameters.Count, stub.Arguments.Count - 1); i++)
            {
                Check(parameters[i], stub.Arguments[i + 1]);
            }
        }

        return contract.InvokeAsync(stub, cancellationToken);
    }

    private static string Prefix => CredentialContract.Name + ":";

    private static void Check(ArgumentTypes.Parameter parameter, ReadOnlyMemory<byte> argument)
    {
        if (argument.Length > Limits.MaxArgumentBytes)
        {
            throw Refusal.Because(
                ErrorCodes.TooLarge,
                $"The {parameter.Name} has {argument.Length} bytes: at most {Limits.MaxArgumentBytes} are taken.",
                Root(parameter));
        }

        if (parameter.Type == typeof(string))
        {
            if (!Utf8.IsValid(argument.Span)) throw Malformed(parameter, "it is not UTF-8.");
        }
        else if (parameter.Type == typeof(int))
        {
            if (!int.TryParse(argument.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                throw Malformed(parameter, "it must be a whole number in digits.");
            }
        }
        else
        {
            CheckRecord(parameter, argument);
        }
    }

    private static void CheckRecord(ArgumentTypes.Parameter parameter, ReadOnlyMemory<byte> argument)
    {
        try
        {
            using var document = StrictJson.Parse(argument);
            LedgerJson.Deserialize(document.RootElement, parameter.Type);
        }
        catch (StrictJsonException e)
        {
            string place = e.Path.Length == 0 ? $"The {parameter.Name}" : $"The {parameter.Name} at {e.Path}";
            throw Refusal.Because(ErrorCodes.MalformedArgument, $"{place} cannot be read. {e.Reason}", e.Path);
        }
    }

    private static ChaincodeException Malformed(ArgumentTypes.Parameter parameter, string why) =>
        Refusal.Because(
            ErrorCodes.MalformedArgument, $"The argument {parameter.Name} cannot be read: {why}", Root(parameter));

    /// <summary>A record is the document that pointers point into; of plain arguments the name is the place.</summary>
    private static string Root(ArgumentTypes.Parameter parameter) =>
        parameter.Type == typeof(string) || parameter.Type == typeof(int) ? "/" + parameter.Name : "";
}
