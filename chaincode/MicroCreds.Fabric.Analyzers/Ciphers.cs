using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>What of the framework's ciphers and signatures is random by its arguments, not by its name.</summary>
internal static class Ciphers
{
    /// <summary>Whether an operation signs with a salt, or encrypts with a vector that nobody gave.</summary>
    public static bool AreRandom(IOperation operation) => operation is IInvocationOperation call
        && call.TargetMethod.ContainingType.ContainingNamespace.ToDisplayString() == "System.Security.Cryptography"
        && (IsSalted(call) || IsWithoutVector(call));

    private static bool IsSalted(IInvocationOperation call) =>
        call.TargetMethod.Name is "SignData" or "SignHash" or "TrySignData" or "TrySignHash"
        && call.Arguments.Any(argument => argument.Value.Unconverted() is IPropertyReferenceOperation
        {
            Property: { Name: "Pss", ContainingType.Name: "RSASignaturePadding" },
        });

    private static bool IsWithoutVector(IInvocationOperation call) =>
        call.TargetMethod is { Name: "CreateEncryptor", Parameters.IsEmpty: true }
        && call.Instance?.Unconverted() is ILocalReferenceOperation { Local: var cipher }
        && !call.Ancestors().Last().Descendants().OfType<ISimpleAssignmentOperation>().Any(assignment =>
            assignment.Target is IPropertyReferenceOperation { Property.Name: "IV" or "Mode" } set
            && (set.Instance is not ILocalReferenceOperation one
                || SymbolEqualityComparer.Default.Equals(one.Local, cipher)));
}
