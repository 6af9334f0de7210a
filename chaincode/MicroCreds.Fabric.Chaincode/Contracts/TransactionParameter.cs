namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>A parameter of a transaction.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Format">How its argument is written.</param>
/// <param name="MayBeNull">Whether JSON's null is a value of it.</param>
/// <param name="IsRequired">Whether its argument must be there.</param>
/// <param name="DefaultValue">Its value where the argument is not there.</param>
internal sealed record TransactionParameter(
    string Name, ValueFormat Format, bool MayBeNull, bool IsRequired, object? DefaultValue)
{
    public object? Read(
        string transaction, int position, ReadOnlyMemory<byte> argument, ArgumentSchema? schema)
    {
        object? value;
        try
        {
            value = Format.Read(argument);
        }
        catch (FormatException e)
        {
            throw Wrong(transaction, position, e.Message);
        }

        if (value is null && !MayBeNull)
        {
            throw Wrong(transaction, position, "it is null");
        }

        return schema?.FindFault(Format.ReadNode(argument)) is { } fault
            ? throw Wrong(transaction, position, fault)
            : value;
    }

    public object? Default(string transaction, int position, int got) =>
        IsRequired
            ? throw new ChaincodeException(
                $"{transaction}: argument {position} ({Name}) is missing, as only {got} came; "
                + $"expected {Format.Expected}.",
                ErrorStatus.BadRequest)
            : DefaultValue;

    private ChaincodeException Wrong(string transaction, int position, string why) =>
        new($"{transaction}: argument {position} ({Name}) is wrong: {why}; expected {Format.Expected}.",
            ErrorStatus.BadRequest);
}
