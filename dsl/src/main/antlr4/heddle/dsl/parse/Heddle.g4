grammar Heddle;
file: EOF;
WS: [ \t\r\n]+ -> skip;
